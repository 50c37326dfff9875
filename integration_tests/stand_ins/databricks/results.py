"""A statement's rows in the connector's form: a thrift description and Arrow batches."""

import pyspark.sql.functions as functions
from pyspark.sql.types import VariantType

from databricks.sql.thrift_api.TCLIService import ttypes

_TYPES = {
    "boolean": "BOOLEAN", "tinyint": "TINYINT", "smallint": "SMALLINT", "int": "INT", "bigint": "BIGINT", "float": "FLOAT",
    "double": "DOUBLE", "string": "STRING", "timestamp": "TIMESTAMP", "timestamp_ntz": "TIMESTAMP", "binary": "BINARY",
    "date": "DATE", "void": "NULL", "variant": "STRING", "array": "ARRAY", "map": "MAP", "struct": "STRUCT",
}  # fmt: skip


def ok():
    """The status of a call that went well."""
    return ttypes.TStatus(statusCode=ttypes.TStatusCode.SUCCESS_STATUS)


class Result:
    """A data frame's schema and rows, fetched at once."""

    def __init__(self, frame):
        self.schema = frame.schema
        # Two columns may have one name.
        numbered = frame.toDF(*(f"column_{n}" for n in range(len(self.schema))))
        sent = numbered.select(*(_sent(field) for field in numbered.schema.fields)).toArrow()
        self.table = sent.rename_columns(self.schema.names)

    def metadata(self):
        """What the columns are."""
        columns = [
            ttypes.TColumnDesc(field.name, _description(field.dataType), position)
            for position, field in enumerate(self.schema.fields, start=1)
        ]
        return ttypes.TGetResultSetMetadataResp(
            ok(),
            schema=ttypes.TTableSchema(columns),
            resultFormat=ttypes.TSparkRowSetType.ARROW_BASED_SET,
            lz4Compressed=False,
            arrowSchema=self.table.schema.serialize().to_pybytes(),
            isStagingOperation=False,
        )

    def rows(self):
        """All rows."""
        batches = [ttypes.TSparkArrowBatch(batch.serialize().to_pybytes(), batch.num_rows) for batch in self.table.to_batches()]
        return ttypes.TFetchResultsResp(
            ok(), hasMoreRows=False, results=ttypes.TRowSet(0, [], arrowBatches=batches), resultSetMetadata=self.metadata()
        )


def _sent(field):
    # Arrow has no variant; the connector gets it as JSON.
    is_variant = isinstance(field.dataType, VariantType)
    return functions.to_json(field.name).alias(field.name) if is_variant else functions.col(field.name)


def _description(data_type):
    name = data_type.simpleString().split("<")[0].split("(")[0]
    qualifiers = None
    if name == "decimal":
        sizes = {"precision": data_type.precision, "scale": data_type.scale}
        qualifiers = ttypes.TTypeQualifiers({key: ttypes.TTypeQualifierValue(i32Value=value) for key, value in sizes.items()})
    type_id = getattr(ttypes.TTypeId, ("DECIMAL" if name == "decimal" else _TYPES[name]) + "_TYPE")
    return ttypes.TTypeDesc([ttypes.TTypeEntry(ttypes.TPrimitiveTypeEntry(type_id, qualifiers))])

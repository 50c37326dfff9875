"""A statement's rows in the connector's form: a thrift description and Arrow batches."""

from pyspark.sql.conversion import LocalDataToArrowConversion
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StringType, StructField, StructType, VariantType, VariantVal

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
    """A statement's rows, all of them, and what they are."""

    def __init__(self, schema, rows):
        self.schema = schema
        # Two columns may have one name.
        numbered = StructType([StructField(f"column_{n}", _sent(field.dataType)) for n, field in enumerate(schema.fields)])
        values = [tuple(map(_plain, row)) for row in rows]
        table = LocalDataToArrowConversion.convert(values, numbered, False) if values else to_arrow_schema(numbered).empty_table()
        self.table = table.rename_columns(schema.names)

    @classmethod
    def of(cls, frame):
        """A data frame's. What answers nothing is not run once more to learn that."""
        return cls(frame.schema, frame.collect() if frame.schema.fields else [])

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


def _sent(data_type):
    # Arrow has no variant; the connector gets it as JSON.
    return StringType() if isinstance(data_type, VariantType) else data_type


def _plain(value):
    return value.toJson() if isinstance(value, VariantVal) else value


def _description(data_type):
    name = data_type.simpleString().split("<")[0].split("(")[0]
    qualifiers = None
    if name == "decimal":
        sizes = {"precision": data_type.precision, "scale": data_type.scale}
        qualifiers = ttypes.TTypeQualifiers({key: ttypes.TTypeQualifierValue(i32Value=value) for key, value in sizes.items()})
    type_id = getattr(ttypes.TTypeId, ("DECIMAL" if name == "decimal" else _TYPES[name]) + "_TYPE")
    return ttypes.TTypeDesc([ttypes.TTypeEntry(ttypes.TPrimitiveTypeEntry(type_id, qualifiers))])

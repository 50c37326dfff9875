"""Statements of Databricks that open-source Spark does not know, or refuses for tables of a catalog's own."""

import json
import re

from pyspark.sql.types import StringType, StructField, StructType

from .results import Result
from .spark import CATALOG

_COMMENT = r"\s*(?:/\*.*?\*/\s*)*"
# Of no effect on what a test sees: files on disk, statistics, tags.
_WITHOUT_EFFECT = re.compile(
    _COMMENT + r"(optimize\s|vacuum\s|analyze\s+table\s|alter\s+\w+\s+\S+\s+(alter\s+column\s+\S+\s+)?(set|unset)\s+tags\b)",
    re.I | re.S,
)
_USE_CATALOG = re.compile(_COMMENT + r"use\s+catalog\s+(\S+?)\s*;?\s*$", re.I | re.S)
_DESCRIBE = re.compile(_COMMENT + r"describe\s+table\s+extended\s+(\S+)\s+as\s+json\s*;?\s*$", re.I | re.S)
# What dbt asks of each table that it changes, and what this catalog's tables have none of.
_OF_NOTHING = re.compile(r"\binformation_schema\.(table_tags|column_tags|column_masks|row_filters|key_column_usage)\b", re.I)
_NAME = re.compile(r"= *'[^']*'")

_COMMENT_ON_COLUMN = re.compile(_COMMENT + r"comment\s+on\s+column\s+(\S+)\.(`[^`]+`|\w+)\s+is\s+(.*)$", re.I | re.S)
_INSERT = re.compile(_COMMENT + r"(insert\s+(?:into|overwrite)\s+(?:table\s+)?)((?:`[^`]+`|[\w.])+)\s+(values\s.*)$", re.I | re.S)
# Spark has scripts and their handlers, but not the statement that reads an error's words.
_DIAGNOSTICS = re.compile(r"get\s+diagnostics\s+condition\s+1\s+(\w+)\s*=\s*message_text", re.I)


# The schemas of such answers by the statement without names.
_known = {}


def run(session, statement, arguments=None):
    """The result of a statement."""
    found = _DESCRIBE.match(statement)
    # One name is a temporary view's, which Spark describes.
    if found and "." in found[1]:
        described = json.dumps(_description(session, found[1]))
        return Result(StructType([StructField("json_metadata", StringType())]), [(described,)])
    if _OF_NOTHING.search(statement):
        shape = _NAME.sub("", statement)
        if shape not in _known:
            _known[shape] = session.sql(statement, args=arguments).schema
        return Result(_known[shape], [])
    return Result.of(session.sql(_read(session, statement), args=arguments))


def _read(session, statement):
    """The statement as Spark reads it."""
    if _WITHOUT_EFFECT.match(statement):
        return "select '' as nothing where false"
    if found := _USE_CATALOG.match(statement):
        return f"set catalog {found[1]}"
    if found := _INSERT.match(statement):
        statement = found[1] + _cast(session, found[2], found[3])
    if found := _COMMENT_ON_COLUMN.match(statement):
        statement = f"alter table {found[1]} alter column {found[2]} comment {found[3]}"
    statement = _DIAGNOSTICS.sub(r"set \1 = 'the words of an error, which open-source Spark does not tell'", statement)
    # A warehouse takes a semicolon at the end, Spark does not.
    return statement.rstrip().removesuffix(";")


def _cast(session, name, values):
    # A warehouse assigns texts to columns of other types, as dbt's seeds need; Spark wants a cast.
    columns = (f"cast(col{n} as {field.dataType.simpleString()})" for n, field in enumerate(session.table(name).schema.fields, 1))
    return f"{name} select {', '.join(columns)} from {values}"


def _description(session, name):
    """Spark describes views so, and refuses tables of a catalog's own: a view of the same columns is described instead."""
    frame = session.table(name)
    frame.createOrReplaceTempView("_stand_in_described")
    try:
        described = json.loads(session.sql("describe table extended _stand_in_described as json").collect()[0][0])
    finally:
        session.catalog.dropTempView("_stand_in_described")
    for column, field in zip(described["columns"], frame.schema.fields, strict=True):
        if field.metadata.get("comment"):
            column["comment"] = field.metadata["comment"]
    schema, table = (part.strip("`") for part in name.split(".")[-2:])
    kept = {key: value for key, value in described.items() if not key.startswith("view_")}
    kind = _kind(session, schema, table)
    return {**kept, **kind, "table_name": table, "catalog_name": CATALOG, "namespace": [schema], "schema_name": schema}


def _kind(session, schema, table):
    # Spark's own catalog has the views, and nothing else.
    is_view = session._jsparkSession.sharedState().externalCatalog().tableExists(schema.lower(), table.lower())
    return {"type": "VIEW"} if is_view else {"type": "MANAGED", "provider": "delta"}

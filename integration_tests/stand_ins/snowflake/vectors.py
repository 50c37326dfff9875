"""VECTOR(FLOAT, n): an array of n numbers in DuckDB, which is no VARIANT and so in no object.

https://docs.snowflake.com/en/sql-reference/data-types-vector (2026-08): it is cast to an ARRAY, and to nothing else.
"""

from string import Template

import fakesnow.rowtype
import fakesnow.transforms.transforms
from sqlglot import exp

ROW = "_stand_in_row"
MACROS = {
    f"{ROW}(x)": "case when regexp_matches(typeof(x), '\\[[0-9]+\\]')"
    " then error('Unsupported conversion of a VECTOR to VARIANT') else to_json(x) end",
}
_CASE = "CASE WHEN data_type = 'NUMBER'"
_LENGTH = "regexp_extract(data_type, '[0-9]+')"


class _Types(dict):
    """fakesnow's, with a type for each length."""

    def get(self, name):
        return super().get(name) or ("vector" if name.startswith("FLOAT[") else None)


def install():
    """Have DESCRIBE TABLE name the type, and the rows of a query have it."""
    fakesnow.rowtype.duckdb_to_sf_type = _Types(fakesnow.rowtype.duckdb_to_sf_type)
    own = fakesnow.transforms.transforms.SQL_DESCRIBE_TABLE.template
    fakesnow.transforms.transforms.SQL_DESCRIBE_TABLE = Template(
        own.replace(_CASE, f"CASE WHEN data_type LIKE '%[%]' THEN 'VECTOR(FLOAT, ' || {_LENGTH} || ')' WHEN data_type = 'NUMBER'")
    )


def rewrite(node):
    """The type, and an object of all columns."""
    if isinstance(node, exp.DataType) and node.this == exp.DType.VECTOR:
        # By its name, as fakesnow takes any array for JSON.
        return exp.DataType(this=exp.DType.USERDEFINED, kind=f"FLOAT[{node.expressions[1].name}]")
    if isinstance(node, exp.JSONObject) and len(node.expressions) == 1 and isinstance(node.expressions[0], exp.Star):
        columns = exp.var(f"*COLUMNS({node.expressions[0].sql(dialect='duckdb')})")
        return exp.Anonymous(this=ROW, expressions=[exp.Anonymous(this="STRUCT_PACK", expressions=[columns])])
    return node

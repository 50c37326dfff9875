"""SQL functions that fakesnow lacks, as DuckDB macros."""

_MACROS = {
    "_stand_in_text(x)": "to_json(x) ->> '$'",
    "_stand_in_typeof(x)": "case json_type(x) when 'UBIGINT' then 'INTEGER' when 'BIGINT' then 'INTEGER'"
    " when 'HUGEINT' then 'INTEGER' when 'NULL' then 'NULL_VALUE' else json_type(x) end",
    "_stand_in_elements(x)": "json_extract(x, '$[*]')",
    "as_array(x)": "case when json_type(x) = 'ARRAY' then x end",
    "as_object(x)": "case when json_type(x) = 'OBJECT' then x end",
    "object_keys(x)": "to_json(json_keys(x))",
    "array_except(x, y)": "to_json(list_filter(x::varchar[], lambda k: not list_contains(y::varchar[], k)))",
    "regexp_instr(x, y)": "regexp_matches(x, y)::int",
    "try_to_double(x)": "try_cast(x as double)",
    "try_to_boolean(x)": "try_cast(x as boolean)",
    "try_to_number(x, p, s)": "try_cast(x as hugeint)",
    "try_to_timestamp_tz(x)": "try_cast(x as timestamptz)",
    "sysdate()": "timezone('UTC', now())",
}


def creation_sql(catalog):
    """The statements that make them in a database."""
    return "".join(f"CREATE OR REPLACE MACRO {catalog}.{head} AS ({body});\n" for head, body in _MACROS.items())

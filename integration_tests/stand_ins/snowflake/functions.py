"""SQL functions that fakesnow lacks, as DuckDB macros."""

from . import vectors

# Snowflake's objects have no order of keys.
_MEMBERS = "list_sort(map_entries(cast({} as map(varchar, json))))"

_MACROS = {
    "_stand_in_json_text(x)": "to_json(x) ->> '$'",
    # A VARIANT as text has no JSON quotes; any other value is cast.
    "_stand_in_text(x)": "case when typeof(x) = 'JSON' then to_json(x) ->> '$' else cast(x as varchar) end",
    "_stand_in_typeof(x)": "case json_type(x) when 'UBIGINT' then 'INTEGER' when 'BIGINT' then 'INTEGER'"
    " when 'HUGEINT' then 'INTEGER' when 'NULL' then 'NULL_VALUE' else json_type(x) end",
    "_stand_in_array_size(x)": "case when json_type(to_json(x)) = 'ARRAY' then json_array_length(to_json(x)) end",
    "_stand_in_array_contains(x, v)": "list_contains(cast(json_extract(to_json(x), '$[*]') as varchar[]),"
    " cast(to_json(v) as varchar))",
    "_stand_in_get(x, k)": "json_extract(x, case when typeof(k) = 'VARCHAR' then '$.\"' || k || '\"' else '$[' || k || ']' end)",
    "_stand_in_try_parse_json(x)": "try_cast(x as json)",
    "_stand_in_elements(x)": "json_extract(x, '$[*]')",
    "_stand_in_hash(x)": "cast(hash(case when json_type(to_json(x)) = 'OBJECT'"
    f" then cast({_MEMBERS.format('to_json(x)')} as varchar) else cast(to_json(x) as varchar) end) >> 1 as bigint)",
    "_stand_in_object_delete(x, names)": "to_json(map_from_entries("
    f"list_filter({_MEMBERS.format('x')}, lambda member: not list_contains(names, member.key))))",
    "_stand_in_array_distinct(x)": "to_json(list_distinct(json_extract(x, '$[*]')))",
    "_stand_in_array_intersection(x, y)": "to_json(list_intersect(json_extract(x, '$[*]'), json_extract(y, '$[*]')))",
    "_stand_in_arrays_zip(x, y)": "to_json(list_transform(list_zip(json_extract(x, '$[*]'), json_extract(y, '$[*]')),"
    " lambda pair: {'$1': pair[1], '$2': pair[2]}))",
    "as_array(x)": "case when json_type(x) = 'ARRAY' then x end",
    "as_object(x)": "case when json_type(x) = 'OBJECT' then x end",
    "object_keys(x)": "to_json(json_keys(x))",
    "array_except(x, y)": "to_json(list_filter(x::varchar[], lambda k: not list_contains(y::varchar[], k)))",
    "regexp_instr(x, y)": "regexp_matches(x, y)::int",
    "try_to_double(x)": "try_cast(x as double)",
    "try_to_boolean(x)": "try_cast(x as boolean)",
    "try_to_number(x, p, s)": "try_cast(x as hugeint)",
    "try_to_timestamp_tz(x)": "try_cast(x as timestamptz)",
    # sqlglot gives it bytes or a text.
    "octet_length(x)": "length(hex(x)) // 2",
    "sysdate()": "timezone('UTC', now())",
}


def creation_sql(catalog):
    """The statements that make them in a database."""
    macros = {**_MACROS, **vectors.MACROS}
    return "".join(f"CREATE OR REPLACE MACRO {catalog}.{head} AS ({body});\n" for head, body in macros.items())

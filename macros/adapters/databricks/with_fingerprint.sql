{# Of the row as a map, whose filter passes over a name that is not there; `except` would refuse it. #}
{%- macro databricks__with_fingerprint(relation, columns, except) -%}
    {%- set row = "from_json(to_json(struct(*), map('ignoreNullFields', 'false')), 'map<string, string>')" -%}
    {%- if except -%}
        {%- set row = 'map_filter(' ~ row ~ ', (k, v) -> lower(k) not in (' ~ dbt_llm._literal_list(except | map('lower')) ~ '))' -%}
    {%- endif -%}
    {{ return(
        '(\n        select\n            ' ~ (columns | join(',\n            '))
        ~ ",\n            xxhash64(to_json(" ~ row ~ ", map('ignoreNullFields', 'false'))) as _dbt_llm_fingerprint\n        from "
        ~ relation ~ '\n    )'
    ) }}
{%- endmacro -%}

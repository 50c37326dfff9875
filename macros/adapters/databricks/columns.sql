{# Columns, rows and queries on Databricks. #}

{%- macro databricks__column_name(name) -%}
    {{ return('`' ~ (name | replace('`', '``')) ~ '`') }}
{%- endmacro -%}

{%- macro databricks__star_except(columns) -%}
    {{ return('* except (\n        ' ~ (columns | join(',\n        ')) ~ '\n    )') }}
{%- endmacro -%}

{#
    Of the row as a map, whose filter passes over a name that is not there; `except` would refuse it. Its entries are sorted, as
    the columns of a table may stand in another order than those of its input.
#}
{%- macro databricks__with_fingerprint(relation, columns, except, like, besides=[], vectors=[]) -%}
    {%- set except = except + besides -%}
    {%- set row = "from_json(to_json(struct(*), map('ignoreNullFields', 'false')), 'map<string, string>')" -%}
    {%- if except -%}
        {%- set row = 'map_filter(' ~ row ~ ', (k, v) -> lower(k) not in (' ~ dbt_llm._literal_list(except | map('lower')) ~ '))' -%}
    {%- endif -%}
    {{ return(
        '(\n        select\n            ' ~ (columns | join(',\n            '))
        ~ ",\n            xxhash64(to_json(array_sort(map_entries(" ~ row ~ ")), map('ignoreNullFields', 'false'))) as _dbt_llm_fingerprint\n        from "
        ~ relation ~ '\n    )'
    ) }}
{%- endmacro -%}

{# The exact one keeps all values of a group in memory. #}
{%- macro databricks__quantile(expression, fraction) -%}
    {{ return('approx_percentile(' ~ expression ~ ', ' ~ fraction ~ ')') }}
{%- endmacro -%}

{# Columns, rows and queries on Snowflake, where an unquoted name is upper case. #}

{# Unquoted names are upper case in Snowflake, and so this is the column of an unquoted name, reserved or not. #}
{%- macro snowflake__column_name(name) -%}
    {{ return('"' ~ (name | upper | replace('"', '""')) ~ '"') }}
{%- endmacro -%}

{%- macro snowflake__star_except(columns) -%}
    {{ return('* exclude (\n        ' ~ (columns | join(',\n        ')) ~ '\n    )') }}
{%- endmacro -%}

{#
    object_delete passes over a name that is not there, which `exclude` refuses. An OBJECT has no order. A VECTOR is no VARIANT, and so in no
    OBJECT, but an ARRAY can be made of it. https://docs.snowflake.com/en/sql-reference/data-types-vector (2026-11-29)
#}
{%- macro snowflake__with_fingerprint(relation, columns, except, like, besides=[], vectors=[]) -%}
    {%- set except = (except + besides) | map('upper') | list -%}
    {%- set star, hashed = [], [] -%}
    {%- for name in vectors -%}
        {%- set column = '"' ~ name | replace('"', '""') ~ '"' -%}
        {%- do star.append(column) -%}
        {%- if name | upper not in except -%}
            {%- do hashed.append('cast(' ~ column ~ ' as array)') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set row = 'object_construct_keep_null(*' ~ (' exclude (' ~ star | join(', ') ~ ')' if star else '') ~ ')' -%}
    {%- if except -%}
        {%- set row = 'object_delete(' ~ row ~ ', ' ~ dbt_llm._literal_list(except) ~ ')' -%}
    {%- endif -%}
    {{ return(
        '(\n        select\n            ' ~ (columns | join(',\n            '))
        ~ ',\n            hash(' ~ ([row] + hashed) | join(', ') ~ ') as _dbt_llm_fingerprint\n        from ' ~ relation ~ '\n    )'
    ) }}
{%- endmacro -%}

{# The rows of a unit test have none. #}
{%- macro snowflake__vector_columns(relation) -%}
    {%- set found = [] -%}
    {%- if execute and model.resource_type != 'unit_test' -%}
        {%- for column in adapter.get_columns_in_relation(relation) if (column.data_type | upper).startswith('VECTOR') -%}
            {%- do found.append(column.name) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro -%}

{%- macro snowflake__quantile(expression, fraction) -%}
    {{ return('percentile_cont(' ~ fraction ~ ') within group (order by ' ~ expression ~ ')') }}
{%- endmacro -%}

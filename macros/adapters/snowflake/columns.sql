{# Columns, rows and queries on Snowflake, where an unquoted name is upper case. #}

{# Unquoted names are upper case in Snowflake, and so this is the column of an unquoted name, reserved or not. #}
{%- macro snowflake__column_name(name) -%}
    {{ return('"' ~ (name | upper | replace('"', '""')) ~ '"') }}
{%- endmacro -%}

{%- macro snowflake__star_except(columns) -%}
    {{ return('* exclude (\n        ' ~ (columns | join(',\n        ')) ~ '\n    )') }}
{%- endmacro -%}

{# object_delete passes over a name that is not there, which `exclude` refuses. An OBJECT has no order. #}
{%- macro snowflake__with_fingerprint(relation, columns, except, like, besides=[]) -%}
    {%- set except = except + besides -%}
    {%- set row = 'object_construct_keep_null(*)' -%}
    {%- if except -%}
        {%- set row = 'object_delete(' ~ row ~ ', ' ~ dbt_llm._literal_list(except | map('upper')) ~ ')' -%}
    {%- endif -%}
    {{ return(
        '(\n        select\n            ' ~ (columns | join(',\n            '))
        ~ ',\n            hash(' ~ row ~ ') as _dbt_llm_fingerprint\n        from ' ~ relation ~ '\n    )'
    ) }}
{%- endmacro -%}

{%- macro snowflake__quantile(expression, fraction) -%}
    {{ return('percentile_cont(' ~ fraction ~ ') within group (order by ' ~ expression ~ ')') }}
{%- endmacro -%}

{# Columns, rows and queries on BigQuery; the work table is clustered, so that a chunk reads its own rows. #}

{%- macro bigquery__column_name(name) -%}
    {{ return('`' ~ (name | replace('`', '\\`')) ~ '`') }}
{%- endmacro -%}

{%- macro bigquery__star_except(columns) -%}
    {{ return('* except (\n        ' ~ (columns | join(',\n        ')) ~ '\n    )') }}
{%- endmacro -%}

{# json_remove passes over a name that is not there, which `except` refuses; unlike columns, its paths know upper from lower case. JSON sorts its members. #}
{%- macro bigquery__with_fingerprint(relation, columns, except, like, besides=[], vectors=[]) -%}
    {%- set except = except + besides -%}
    {%- set row = 'to_json(_dbt_llm_row, stringify_wide_numbers => true)' -%}
    {%- if except -%}
        {%- set paths = [] -%}
        {%- for name in except -%}
            {%- for spelt in [name, name | lower, name | upper] if '$."' ~ spelt ~ '"' not in paths -%}
                {%- do paths.append('$."' ~ spelt ~ '"') -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- set row = 'json_remove(' ~ row ~ ', ' ~ dbt_llm._literal_list(paths) ~ ')' -%}
    {%- endif -%}
    {{ return(
        '(\n        select\n            ' ~ (columns | join(',\n            '))
        ~ ',\n            farm_fingerprint(to_json_string(' ~ row ~ ')) as _dbt_llm_fingerprint\n        from ' ~ relation ~ ' as _dbt_llm_row\n    )'
    ) }}
{%- endmacro -%}

{# The exact one is a window function there, and no aggregate. #}
{%- macro bigquery__quantile(expression, fraction) -%}
    {{ return('approx_quantiles(' ~ expression ~ ', 100)[offset(' ~ ((fraction * 100) | round | int) ~ ')]') }}
{%- endmacro -%}

{# Each chunk reads its numbers only; unclustered, it would be billed for the whole table. #}
{%- macro bigquery__create_work_table(work, query) -%}
    {{ return('create table ' ~ work ~ '\ncluster by n as\n' ~ query) }}
{%- endmacro -%}

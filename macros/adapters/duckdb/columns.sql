{# Columns, rows and queries on DuckDB. #}

{# Quoted names are case-insensitive in DuckDB, so quoting costs nothing and lets a column be called "order". #}
{%- macro duckdb__column_name(name) -%}
    {{ return('"' ~ (name | replace('"', '""')) ~ '"') }}
{%- endmacro -%}

{%- macro duckdb__star_except(columns) -%}
    {{ return('* exclude (\n        ' ~ (columns | join(',\n        ')) ~ '\n    )') }}
{%- endmacro -%}

{#
    The hash is of the row, or of it as JSON where it has a column of a type whose values hash() confuses: 0.0 and -0.0, a month and 30
    days, [] and NULL, a hugeint's 0 and -1. Which, is known when the query is planned, and JSON takes three times as long. The columns of a
    table may stand in another order than those of its input, as a new one goes to its end: `by name` puts them into the order of `like`, and
    makes NULL of one that it lacks. `columns()` rather than `exclude`, which refuses a name that is not there.
#}
{%- macro duckdb__with_fingerprint(relation, columns, except, like, besides=[], vectors=[]) -%}
    {%- set names = (except + besides) | map('lower') | list -%}
    {%- set hashed = 'columns(lambda c: lower(c) not in (' ~ dbt_llm._literal_list(names) ~ '))' if names else 'columns(*)' -%}
    {%- set plain_types = '(TUPLE|STRUCT)\\(((VARCHAR|JSON|BLOB|BOOLEAN|U?(BIG|SMALL|TINY)?INT|U?INTEGER|DATE|TIME|TIMESTAMP(_[A-Z]+| WITH TIME ZONE)?)(, )?)+\\)' -%}
    {%- set rows = relation -%}
    {%- if relation | string != like | string -%}
        {%- set rows = '(\n                select *\n                from ' ~ like ~ '\n                where false\n                union all by name\n                select *\n                from '
            ~ relation ~ '\n            )' -%}
    {%- endif -%}
    {{ return(
        '(\n        select\n            ' ~ ('* exclude (_dbt_llm_row)' if columns == ['*'] else columns | join(',\n            '))
        ~ ',\n            case\n                when regexp_full_match(typeof(_dbt_llm_row), ' ~ dbt_llm.string_literal(plain_types) ~ ') then hash(_dbt_llm_row)'
        ~ '\n                else hash(to_json(_dbt_llm_row))\n            end as _dbt_llm_fingerprint'
        ~ '\n        from (\n            select\n                *,\n                row(*' ~ hashed ~ ') as _dbt_llm_row\n            from ' ~ rows ~ ' as whole\n        ) as hashed\n    )'
    ) }}
{%- endmacro -%}

{# DuckDB would ask first whether an operand of `=` is NULL, and so work out each fingerprint twice. #}
{%- macro duckdb__same_fingerprint(one, other) -%}
    {{ return(one ~ ' is not distinct from ' ~ other) }}
{%- endmacro -%}

{#
    A window over all rows takes three times as long as to find the keys that are there more than once, which are few. Told by a
    hash, as two keys that share one only go the longer way.
#}
{%- macro duckdb__split_by_repetition(relation, key) -%}
    {%- set repeated = '(\n            select hash(' ~ key ~ ')\n            from ' ~ relation ~ ' as counted\n            group by hash(' ~ key
        ~ ')\n            having count(*) > 1\n        )' -%}
    {%- set rows = '(\n        select *\n        from ' ~ relation ~ '\n        where hash(' ~ key ~ ')' -%}
    {{ return({
        'single': rows ~ ' not in ' ~ repeated ~ '\n    ) as single',
        'repeated': rows ~ ' in ' ~ repeated ~ '\n    ) as repeated',
    }) }}
{%- endmacro -%}

{# Else it keeps all columns of all responses, completions too, for a reader that wants the keys only. #}
{%- macro duckdb__inline_cte() -%}
    {{ return('not materialized ') }}
{%- endmacro -%}

{%- macro duckdb__quantile(expression, fraction) -%}
    {{ return('quantile_cont(' ~ expression ~ ', ' ~ fraction ~ ')') }}
{%- endmacro -%}

{# In order, so that a slice of numbers is found by the row groups' bounds. #}
{%- macro duckdb__create_work_table(work, query) -%}
    {{ return('create table ' ~ work ~ ' as\n' ~ query ~ '\norder by n') }}
{%- endmacro -%}

{# dbt 2 names a column of lists `name.0`, and its types in the words of another database. #}
{%- macro duckdb__query_columns(query) -%}
    {{ return(dbt_llm.query_types(query).keys() | list) }}
{%- endmacro -%}

{%- macro duckdb__query_types(query) -%}
    {%- set types = {} -%}
    {%- for row in run_query('describe ' ~ query).rows -%}
        {%- do types.update({row[0]: row[1]}) -%}
    {%- endfor -%}
    {{ return(types) }}
{%- endmacro -%}

{%- macro duckdb__check_query(sql) -%}
    {%- do run_query('explain ' ~ sql) -%}
{%- endmacro -%}

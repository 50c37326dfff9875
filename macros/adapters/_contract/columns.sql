{# Columns, rows and queries as a whole: names, stars, fingerprints, an aggregate, the work table. #}

{%- macro column_name(name) -%}
    {{ return(adapter.dispatch('column_name', 'dbt_llm')(name=name)) }}
{%- endmacro -%}

{%- macro default__column_name(name) -%}
    {{ return(dbt_llm._refuse_adapter('column_name')) }}
{%- endmacro -%}

{%- macro star_except(columns) -%}
    {{ return(adapter.dispatch('star_except', 'dbt_llm')(columns=columns)) }}
{%- endmacro -%}

{%- macro default__star_except(columns) -%}
    {{ return(dbt_llm._refuse_adapter('star_except')) }}
{%- endmacro -%}

{%- macro with_fingerprint(relation, columns, except, like, besides=[], vectors=[]) -%}
    {{ return(adapter.dispatch('with_fingerprint', 'dbt_llm')(
        relation=relation, columns=columns, except=except, like=like, besides=besides, vectors=vectors
    )) }}
{%- endmacro -%}

{%- macro default__with_fingerprint(relation, columns, except, like, besides=[], vectors=[]) -%}
    {{ return(dbt_llm._refuse_adapter('with_fingerprint')) }}
{%- endmacro -%}

{%- macro vector_columns(relation) -%}
    {{ return(adapter.dispatch('vector_columns', 'dbt_llm')(relation=relation)) }}
{%- endmacro -%}

{# An array is a value as any other. #}
{%- macro default__vector_columns(relation) -%}
    {{ return([]) }}
{%- endmacro -%}

{%- macro same_fingerprint(one, other) -%}
    {{ return(adapter.dispatch('same_fingerprint', 'dbt_llm')(one=one, other=other)) }}
{%- endmacro -%}

{%- macro default__same_fingerprint(one, other) -%}
    {{ return(one ~ ' = ' ~ other) }}
{%- endmacro -%}

{%- macro split_by_repetition(relation, key) -%}
    {{ return(adapter.dispatch('split_by_repetition', 'dbt_llm')(relation=relation, key=key)) }}
{%- endmacro -%}

{# A warehouse's window over all rows is no slower, and reads the table once. #}
{%- macro default__split_by_repetition(relation, key) -%}
    {{ return({'single': none, 'repeated': relation}) }}
{%- endmacro -%}

{%- macro quantile(expression, fraction) -%}
    {{ return(adapter.dispatch('quantile', 'dbt_llm')(expression=expression, fraction=fraction)) }}
{%- endmacro -%}

{%- macro default__quantile(expression, fraction) -%}
    {{ return(dbt_llm._refuse_adapter('quantile')) }}
{%- endmacro -%}

{%- macro inline_cte() -%}
    {{ return(adapter.dispatch('inline_cte', 'dbt_llm')()) }}
{%- endmacro -%}

{%- macro default__inline_cte() -%}
    {{ return('') }}
{%- endmacro -%}

{%- macro create_work_table(work, query) -%}
    {{ return(adapter.dispatch('create_work_table', 'dbt_llm')(work=work, query=query)) }}
{%- endmacro -%}

{%- macro default__create_work_table(work, query) -%}
    {{ return('create table ' ~ work ~ ' as\n' ~ query) }}
{%- endmacro -%}

{%- macro query_columns(query) -%}
    {{ return(adapter.dispatch('query_columns', 'dbt_llm')(query=query)) }}
{%- endmacro -%}

{%- macro default__query_columns(query) -%}
    {{ return(get_columns_in_query(query)) }}
{%- endmacro -%}

{%- macro query_types(query) -%}
    {{ return(adapter.dispatch('query_types', 'dbt_llm')(query=query)) }}
{%- endmacro -%}

{%- macro default__query_types(query) -%}
    {%- set types = {} -%}
    {%- for column in adapter.get_column_schema_from_query(query ~ '\nwhere 1 = 0\nlimit 0') -%}
        {%- do types.update({column.name: column.data_type}) -%}
    {%- endfor -%}
    {{ return(types) }}
{%- endmacro -%}

{%- macro check_query(sql) -%}
    {{ return(adapter.dispatch('check_query', 'dbt_llm')(sql=sql)) }}
{%- endmacro -%}

{%- macro default__check_query(sql) -%}
    {%- do run_query('select * from (\n' ~ sql ~ '\n) as checked where false limit 0') -%}
{%- endmacro -%}

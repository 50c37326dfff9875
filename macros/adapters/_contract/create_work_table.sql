{%- macro create_work_table(work, query) -%}
    {{ return(adapter.dispatch('create_work_table', 'dbt_llm')(work=work, query=query)) }}
{%- endmacro -%}

{%- macro default__create_work_table(work, query) -%}
    {{ return('create table ' ~ work ~ ' as\n' ~ query) }}
{%- endmacro -%}

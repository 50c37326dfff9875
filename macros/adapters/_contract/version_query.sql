{%- macro version_query() -%}
    {{ return(adapter.dispatch('version_query', 'dbt_llm')()) }}
{%- endmacro -%}

{%- macro default__version_query() -%}
    {{ return('select version()') }}
{%- endmacro -%}

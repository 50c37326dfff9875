{%- macro chunk_size() -%}
    {{ return(adapter.dispatch('chunk_size', 'dbt_llm')()) }}
{%- endmacro -%}

{%- macro default__chunk_size() -%}
    {{ return(dbt_llm._refuse_adapter('chunk_size')) }}
{%- endmacro -%}

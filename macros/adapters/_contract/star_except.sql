{%- macro star_except(columns) -%}
    {{ return(adapter.dispatch('star_except', 'dbt_llm')(columns=columns)) }}
{%- endmacro -%}

{%- macro default__star_except(columns) -%}
    {{ return(dbt_llm._refuse_adapter('star_except')) }}
{%- endmacro -%}

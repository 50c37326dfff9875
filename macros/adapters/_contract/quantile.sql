{%- macro quantile(expression, fraction) -%}
    {{ return(adapter.dispatch('quantile', 'dbt_llm')(expression=expression, fraction=fraction)) }}
{%- endmacro -%}

{%- macro default__quantile(expression, fraction) -%}
    {{ return(dbt_llm._refuse_adapter('quantile')) }}
{%- endmacro -%}

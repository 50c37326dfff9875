{%- macro json_has_other_keys(json_expression, names) -%}
    {{ return(adapter.dispatch('json_has_other_keys', 'dbt_llm')(json_expression=json_expression, names=names)) }}
{%- endmacro -%}

{%- macro default__json_has_other_keys(json_expression, names) -%}
    {{ return(dbt_llm._refuse_adapter('json_has_other_keys')) }}
{%- endmacro -%}

{%- macro parse_json(text_expression) -%}
    {{ return(adapter.dispatch('parse_json', 'dbt_llm')(text_expression=text_expression)) }}
{%- endmacro -%}

{%- macro default__parse_json(text_expression) -%}
    {{ return(dbt_llm._refuse_adapter('parse_json')) }}
{%- endmacro -%}

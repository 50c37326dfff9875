{%- macro complete_expression(prompt_expression, task) -%}
    {{ return(adapter.dispatch('complete_expression', 'dbt_llm')(prompt_expression=prompt_expression, task=task)) }}
{%- endmacro -%}

{%- macro default__complete_expression(prompt_expression, task) -%}
    {{ return(dbt_llm._refuse_adapter('complete_expression')) }}
{%- endmacro -%}

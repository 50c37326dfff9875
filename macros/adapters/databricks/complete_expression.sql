{%- macro databricks__complete_expression(prompt_expression, task) -%}
    {{ return(dbt_llm._ai_query(prompt_expression, task) ~ '.result') }}
{%- endmacro -%}

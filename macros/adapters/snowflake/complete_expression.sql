{%- macro snowflake__complete_expression(prompt_expression, task) -%}
    {%- set response = dbt_llm._ai_complete(prompt_expression, task) -%}
    {{ return(
        'to_json(' ~ response ~ ':value:structured_output[0]:raw_message)' if task.response_schema is not none
        else 'cast(' ~ response ~ ':value:choices[0]:messages as varchar)'
    ) }}
{%- endmacro -%}

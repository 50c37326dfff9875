{# The completion of a prompt, as a scalar SQL expression: no cache, no validation, NULL where the call failed. #}
{%- macro complete(prompt, endpoint, model_parameters=none) -%}
    {{ return(dbt_llm.complete_expression(
        prompt_expression=prompt,
        task=dbt_llm._inline_task('complete', endpoint=endpoint, response_format=none, model_parameters=model_parameters),
    )) }}
{%- endmacro -%}

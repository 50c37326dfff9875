{# The embedding of a text, as a scalar SQL expression; NULL where the call failed, if the warehouse's function says so. #}
{%- macro embed(text, endpoint) -%}
    {%- set task = dbt_llm._inline_task('embed', endpoint=endpoint, response_format=none, model_parameters=none) -%}
    {{ return(dbt_llm.embed_expression(text=text, endpoint=task.endpoint)) }}
{%- endmacro -%}

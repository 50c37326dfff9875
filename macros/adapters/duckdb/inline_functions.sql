{# An inline call on DuckDB: the companion's scalar function. #}

{%- macro duckdb__complete_expression(prompt_expression, task) -%}
    {%- set options = {
        'task': task.name,
        'endpoint_name': task.endpoint_name,
        'endpoint': task.endpoint,
        'model_parameters': task.model_parameters,
        'response_format': task.response_schema,
        'retries': task.retries,
    } -%}
    {{ return('dbt_llm_complete(' ~ prompt_expression ~ ', ' ~ dbt_llm.string_literal(tojson(options)) ~ ')') }}
{%- endmacro -%}

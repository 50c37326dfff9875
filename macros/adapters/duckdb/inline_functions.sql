{# An inline call on DuckDB: the companion's scalar function. #}

{%- macro duckdb__complete_expression(prompt_expression, task) -%}
    {%- if dbt_llm._is_built() and dbt_llm._is_dbt_2() -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_llm.complete: dbt ' ~ dbt_version ~ ' has no Python in it, and so no function that a statement could call. Expected dbt 1 with the '
            ~ 'plugin dbt_llm.duckdb; got dbt ' ~ dbt_version ~ '. Make it a task: `dbt-llm dbt` answers dbt_llm.enrich, which keeps the answers too.'
        ) -%}
    {%- endif -%}
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

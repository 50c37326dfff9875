{# One streaming call answers the whole work table; it commits as it goes through connections of its own. #}
{%- macro duckdb__complete_relation(work, responses, task) -%}
    {%- set options = {
        'task': task.name,
        'engine': dbt_llm.adapter_name(),
        'endpoint_name': task.endpoint_name,
        'endpoint': task.endpoint,
        'model_parameters': task.model_parameters,
        'response_format': task.response_schema,
        'prompt_prefix': dbt_llm._prompt_prefix(task.prompt),
        'limits': task.limits,
        'budgets': task.budget_terms,
        'retries': task.retries,
        'store_prompts': task.store_prompts,
        'prompt_version': task.prompt_version,
        'invocation_id': invocation_id,
        'work_relation': work | string,
        'responses_relation': responses | string,
    } -%}
    {%- set result = run_query('select dbt_llm_drain(' ~ dbt_llm.string_literal(tojson(options)) ~ ')') -%}
    {{ return(fromjson(result.rows[0][0])) }}
{%- endmacro -%}

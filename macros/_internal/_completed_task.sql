{#
    A task from the mapping that states it, checked and completed, under the name by which runs and responses know it. All
    faults, with those that the caller has found, are raised at once, of the subject.
#}
{%- macro _completed_task(macro_name, subject, name, llm, faults) -%}
    {%- set resolved = dbt_llm._endpoint(llm.endpoint) -%}
    {%- set faults = dbt_llm._task_faults(llm) + resolved.faults + faults
        + dbt_llm._budget_faults(name, resolved.endpoint, llm.endpoint) -%}
    {%- set limits = llm.limits if llm.limits is mapping else {} -%}
    {%- if 'cost_usd' in limits and resolved.endpoint
        and not ('input_usd_per_million_tokens' in resolved.endpoint and 'output_usd_per_million_tokens' in resolved.endpoint) -%}
        {%- do faults.append(
            "meta.llm.limits.cost_usd: the endpoint lacks prices. Expected 'input_usd_per_million_tokens' and "
            ~ "'output_usd_per_million_tokens' on endpoint '" ~ llm.endpoint ~ "'; got not both. Add them, or its price to the var dbt_llm_prices, or limit tokens"
        ) -%}
    {%- endif -%}
    {%- do dbt_llm._raise_faults(macro_name, subject, faults) -%}
    {# A block in YAML ends with a line break, which one engine of dbt takes away and the other keeps. #}
    {%- set prompt = llm.prompt.rstrip('\n') -%}
    {{ return({
        'name': name,
        'endpoint_name': llm.endpoint,
        'endpoint': resolved.endpoint,
        'model_name': resolved.endpoint.model_name,
        'prompt': prompt,
        'response_format': llm.response_format,
        'response_schema': dbt_llm._response_schema(llm.response_format),
        'model_parameters': llm.model_parameters or {},
        'limits': limits,
        'max_attempts': llm.get('max_attempts', 3),
        'retries': llm.get('retries', 5),
        'store_prompts': llm.get('store_prompts', false),
    }) }}
{%- endmacro -%}

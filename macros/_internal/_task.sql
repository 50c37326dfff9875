{#
    The task of this dbt model: config.meta.llm checked and completed. Returns a mapping; all faults are raised at once.
#}
{%- macro _task(macro_name) -%}
    {%- set llm = dbt_llm.task_config() -%}
    {%- if llm is not mapping -%}
        {%- set remedy = ". Give it with overrides: macros: {dbt_llm.task_config: …}; dbt does not show a unit test its model's config"
            if model.resource_type == 'unit_test' else ". Write it in the model's YAML under config: meta: llm:" -%}
        {%- do dbt_llm._raise_faults(macro_name, dbt_llm._task_name(), [
            "config.meta.llm is missing. Expected a mapping with 'endpoint', 'prompt' and 'response_format'; got "
            ~ ("'" ~ llm ~ "'" if llm else 'nothing') ~ remedy
        ]) -%}
    {%- endif -%}
    {%- set resolved = dbt_llm._endpoint(llm.endpoint) -%}
    {%- set faults = dbt_llm._task_faults(llm) + resolved.faults + dbt_llm._materialization_faults()
        + dbt_llm._budget_faults(dbt_llm._task_name(), resolved.endpoint, llm.endpoint) -%}
    {%- set limits = llm.limits if llm.limits is mapping else {} -%}
    {%- if 'cost_usd' in limits and resolved.endpoint 
        and not ('input_usd_per_million_tokens' in resolved.endpoint and 'output_usd_per_million_tokens' in resolved.endpoint) -%}
        {%- do faults.append(
            "meta.llm.limits.cost_usd: the endpoint lacks prices. Expected 'input_usd_per_million_tokens' and "
            ~ "'output_usd_per_million_tokens' on endpoint '" ~ llm.endpoint ~ "'; got not both. Add them, or its price to the var dbt_llm_prices, or limit tokens"
        ) -%}
    {%- endif -%}
    {%- do dbt_llm._raise_faults(macro_name, dbt_llm._task_name(), faults) -%}
    {# A block in YAML ends with a line break, which one engine of dbt takes away and the other keeps. #}
    {%- set prompt = llm.prompt.rstrip('\n') -%}
    {{ return({
        'name': dbt_llm._task_name(),
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

{# What an inline macro passes to the adapter: a task without a table. #}
{%- macro _inline_task(macro_name, endpoint, response_format, model_parameters) -%}
    {%- set resolved = dbt_llm._endpoint(endpoint) -%}
    {%- set faults = resolved.faults -%}
    {%- set schema = none -%}
    {%- if response_format is not none -%}
        {%- set schema = dbt_llm._response_schema(response_format) -%}
        {%- do faults.extend(dbt_llm._schema_faults(schema, 'response_format')) -%}
    {%- endif -%}
    {%- if execute -%}
        {%- do dbt_llm._raise_faults(macro_name, endpoint, faults) -%}
    {%- endif -%}
    {{ return({
        'name': macro_name,
        'endpoint_name': endpoint,
        'endpoint': resolved.endpoint,
        'model_parameters': model_parameters or {},
        'response_schema': schema,
        'retries': 5,
    }) }}
{%- endmacro -%}

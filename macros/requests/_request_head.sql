{# All of a request but the prompt: what is constant for a task. #}
{%- macro _request_head(model_name, model_parameters, response_format) -%}
    {%- set key_version = '1' -%}
    {{ return([
        key_version,
        model_name,
        dbt_llm._canonical_json(model_parameters),
        dbt_llm._canonical_json(response_format),
    ] | join('\n')) }}
{%- endmacro -%}

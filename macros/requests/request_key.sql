{# The hashes by which a request, and a version of a task's prompt, are known. #}

{#
    The request key of a prompt, as a SQL expression. The constant part is hashed to a constant first, so that a row
    costs the hashing of its prompt and not of a schema of kilobytes (docs/decisions/0001-request-key.md).
#}
{%- macro request_key(prompt, model_name, model_parameters, response_format) -%}
    {%- set head = dbt_llm._request_head(
        model_name=model_name, model_parameters=model_parameters, response_format=response_format
    ) -%}
    {{ return(dbt_llm.sha256_hex(dbt_llm.concat_text([
        dbt_llm.sha256_hex(dbt_llm.string_literal(head)), dbt_llm.string_literal('\n'), prompt,
    ]))) }}
{%- endmacro -%}

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

{# The first 12 hex digits of the sha256 of template, response format and model parameters, as a SQL expression. #}
{%- macro _prompt_version(task) -%}
    {%- set text = [
        task.prompt,
        dbt_llm._canonical_json(task.response_format),
        dbt_llm._canonical_json(task.model_parameters),
    ] | join('\n') -%}
    {{ return('substr(' ~ dbt_llm.sha256_hex(dbt_llm.string_literal(text)) ~ ', 1, 12)') }}
{%- endmacro -%}

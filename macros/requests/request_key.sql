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

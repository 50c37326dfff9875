{# The first 12 hex digits of the sha256 of template, response format and model parameters, as a SQL expression. #}
{%- macro _prompt_version(task) -%}
    {%- set text = [
        task.prompt,
        dbt_llm._canonical_json(task.response_format),
        dbt_llm._canonical_json(task.model_parameters),
    ] | join('\n') -%}
    {{ return('substr(' ~ dbt_llm.sha256_hex(dbt_llm.string_literal(text)) ~ ', 1, 12)') }}
{%- endmacro -%}

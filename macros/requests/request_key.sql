{# The request key of a prompt, as a SQL expression. A dbt unit test overrides this with a column of its input. #}
{%- macro request_key(prompt, model_name, model_parameters, response_format) -%}
    {%- set head = dbt_llm._request_head(
        model_name=model_name, model_parameters=model_parameters, response_format=response_format
    ) -%}
    {{ return(dbt_llm.sha256_hex(dbt_llm.concat_text([dbt_llm.string_literal(head), prompt]))) }}
{%- endmacro -%}

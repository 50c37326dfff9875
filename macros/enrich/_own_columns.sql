{# The columns that a task adds to those of its input. #}
{%- macro _own_columns(schema) -%}
    {{ return((schema.properties.keys() | list) + ['llm_status', 'llm_reason', 'llm_request_key', 'llm_prompt_version']) }}
{%- endmacro -%}

{# The unique_key of the model's config, as a list. #}
{%- macro _unique_key_columns() -%}
    {%- set unique_key = config.get('unique_key') -%}
    {{ return([unique_key] if unique_key is string else (unique_key or [])) }}
{%- endmacro -%}

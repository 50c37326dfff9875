{# Backslash is an escape in Snowflake's literals; a line break stands for itself. #}
{%- macro snowflake__string_literal(text) -%}
    {{ return("'" ~ (text | string | replace('\\', '\\\\') | replace("'", "''")) ~ "'") }}
{%- endmacro -%}

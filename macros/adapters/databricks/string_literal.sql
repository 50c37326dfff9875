{# Backslash is an escape in Spark's literals; a line break stands for itself. #}
{%- macro databricks__string_literal(text) -%}
    {{ return("'" ~ (text | string | replace('\\', '\\\\') | replace("'", "\\'")) ~ "'") }}
{%- endmacro -%}

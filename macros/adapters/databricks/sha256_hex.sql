{%- macro databricks__sha256_hex(text_expression) -%}
    {{ return('sha2(' ~ text_expression ~ ', 256)') }}
{%- endmacro -%}

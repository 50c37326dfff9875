{%- macro duckdb__sha256_hex(text_expression) -%}
    {{ return('sha256(' ~ text_expression ~ ')') }}
{%- endmacro -%}

{%- macro duckdb__text_bytes(text_expression) -%}
    {{ return('strlen(' ~ text_expression ~ ')') }}
{%- endmacro -%}

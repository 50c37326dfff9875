{%- macro duckdb__short_hash(text_expression) -%}
    {{ return('hash(' ~ text_expression ~ ')') }}
{%- endmacro -%}

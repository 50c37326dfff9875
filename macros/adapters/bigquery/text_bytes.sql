{%- macro bigquery__text_bytes(text_expression) -%}
    {{ return('byte_length(' ~ text_expression ~ ')') }}
{%- endmacro -%}

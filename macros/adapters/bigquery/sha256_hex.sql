{%- macro bigquery__sha256_hex(text_expression) -%}
    {{ return('to_hex(sha256(' ~ text_expression ~ '))') }}
{%- endmacro -%}

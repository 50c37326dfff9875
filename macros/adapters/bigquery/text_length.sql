{%- macro bigquery__text_length(text_expression) -%}
    {{ return('char_length(' ~ text_expression ~ ')') }}
{%- endmacro -%}

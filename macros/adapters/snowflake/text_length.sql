{%- macro snowflake__text_length(text_expression) -%}
    {{ return('length(' ~ text_expression ~ ')') }}
{%- endmacro -%}

{%- macro snowflake__short_hash(text_expression) -%}
    {{ return('hash(' ~ text_expression ~ ')') }}
{%- endmacro -%}

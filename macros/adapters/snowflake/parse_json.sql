{%- macro snowflake__parse_json(text_expression) -%}
    {{ return('try_parse_json(' ~ text_expression ~ ')') }}
{%- endmacro -%}

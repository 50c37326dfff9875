{%- macro snowflake__json_document(json_expression) -%}
    {{ return('to_json(' ~ json_expression ~ ')') }}
{%- endmacro -%}

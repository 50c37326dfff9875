{%- macro bigquery__json_text(json_expression) -%}
    {{ return('json_value(' ~ json_expression ~ ')') }}
{%- endmacro -%}

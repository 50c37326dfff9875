{%- macro bigquery__json_document(json_expression) -%}
    {{ return('to_json_string(' ~ json_expression ~ ')') }}
{%- endmacro -%}

{%- macro bigquery__json_array_length(json_expression) -%}
    {{ return('array_length(json_query_array(' ~ json_expression ~ '))') }}
{%- endmacro -%}

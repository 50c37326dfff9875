{%- macro bigquery__array_length(array_expression) -%}
    {{ return('array_length(' ~ array_expression ~ ')') }}
{%- endmacro -%}

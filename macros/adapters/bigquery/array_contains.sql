{%- macro bigquery__array_contains(array_expression, literal) -%}
    {{ return(literal ~ ' in unnest(' ~ array_expression ~ ')') }}
{%- endmacro -%}

{%- macro databricks__array_contains(array_expression, literal) -%}
    {{ return('array_contains(' ~ array_expression ~ ', ' ~ literal ~ ')') }}
{%- endmacro -%}

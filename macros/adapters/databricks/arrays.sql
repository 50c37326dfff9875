{# Arrays of Databricks. #}

{# Not size(), which calls the size of NULL -1. #}
{%- macro databricks__array_length(array_expression) -%}
    {{ return('array_size(' ~ array_expression ~ ')') }}
{%- endmacro -%}

{%- macro databricks__array_contains(array_expression, literal) -%}
    {{ return('array_contains(' ~ array_expression ~ ', ' ~ literal ~ ')') }}
{%- endmacro -%}

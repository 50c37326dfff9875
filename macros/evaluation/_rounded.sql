{# A number with so many decimals, or a dash. #}
{%- macro _rounded(number, decimals) -%}
    {{ return('-' if number is none else (number | float | round(decimals) | string)) }}
{%- endmacro -%}

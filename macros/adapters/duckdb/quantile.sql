{%- macro duckdb__quantile(expression, fraction) -%}
    {{ return('quantile_cont(' ~ expression ~ ', ' ~ fraction ~ ')') }}
{%- endmacro -%}

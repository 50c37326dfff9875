{# The exact one keeps all values of a group in memory. #}
{%- macro databricks__quantile(expression, fraction) -%}
    {{ return('approx_percentile(' ~ expression ~ ', ' ~ fraction ~ ')') }}
{%- endmacro -%}

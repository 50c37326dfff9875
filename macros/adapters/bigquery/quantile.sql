{# The exact one is a window function there, and no aggregate. #}
{%- macro bigquery__quantile(expression, fraction) -%}
    {{ return('approx_quantiles(' ~ expression ~ ', 100)[offset(' ~ ((fraction * 100) | round | int) ~ ')]') }}
{%- endmacro -%}

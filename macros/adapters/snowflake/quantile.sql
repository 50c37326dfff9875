{%- macro snowflake__quantile(expression, fraction) -%}
    {{ return('percentile_cont(' ~ fraction ~ ') within group (order by ' ~ expression ~ ')') }}
{%- endmacro -%}

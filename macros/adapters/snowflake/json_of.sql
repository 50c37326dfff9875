{%- macro snowflake__json_of(expression) -%}
    {{ return('to_variant(' ~ expression ~ ')') }}
{%- endmacro -%}

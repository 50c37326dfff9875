{%- macro snowflake__text_of(expression) -%}
    {{ return('cast(' ~ expression ~ ' as varchar)') }}
{%- endmacro -%}

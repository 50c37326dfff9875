{%- macro snowflake__json_text(json_expression) -%}
    {{ return('cast(' ~ json_expression ~ ' as varchar)') }}
{%- endmacro -%}

{%- macro duckdb__parse_json(text_expression) -%}
    {{ return('try_cast(' ~ text_expression ~ ' as json)') }}
{%- endmacro -%}

{%- macro bigquery__json_of(expression) -%}
    {{ return('to_json(' ~ expression ~ ')') }}
{%- endmacro -%}

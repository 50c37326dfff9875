{%- macro bigquery__text_of(expression) -%}
    {{ return('cast(' ~ expression ~ ' as string)') }}
{%- endmacro -%}

{%- macro bigquery__parse_json(text_expression) -%}
    {{ return('safe.parse_json(' ~ text_expression ~ ", wide_number_mode => 'round')") }}
{%- endmacro -%}

{%- macro bigquery__short_hash(text_expression) -%}
    {{ return('farm_fingerprint(' ~ text_expression ~ ')') }}
{%- endmacro -%}

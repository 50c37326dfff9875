{%- macro databricks__short_hash(text_expression) -%}
    {{ return('xxhash64(' ~ text_expression ~ ')') }}
{%- endmacro -%}

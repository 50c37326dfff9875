{%- macro databricks__hours_since(expression) -%}
    {{ return('((unix_timestamp(current_timestamp()) - unix_timestamp(' ~ expression ~ ')) / 3600)') }}
{%- endmacro -%}

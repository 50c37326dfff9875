{%- macro databricks__date_of(text_expression, format) -%}
    {{ return('try_cast(' ~ text_expression ~ ' as ' ~ dbt_llm.column_type({'type': 'string', 'format': format}) ~ ')') }}
{%- endmacro -%}

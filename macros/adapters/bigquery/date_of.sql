{%- macro bigquery__date_of(text_expression, format) -%}
    {{ return('safe_cast(' ~ text_expression ~ ' as ' ~ dbt_llm.column_type({'type': 'string', 'format': format}) ~ ')') }}
{%- endmacro -%}

{# RFC 3339, as JSON Schema's formats ask: the text has the form, and it is a day that exists. #}
{%- macro duckdb__is_format(text_expression, format) -%}
    {%- set forms = {
        'date': '^\\d{4}-\\d{2}-\\d{2}$',
        'date-time': '^\\d{4}-\\d{2}-\\d{2}[Tt ]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?([Zz]|[+-]\\d{2}:\\d{2})$',
    } -%}
    {%- set type = dbt_llm.column_type({'type': 'string', 'format': format}) -%}
    {{ return(
        '(' ~ dbt_llm.text_matches(text_expression, forms[format])
        ~ ' and try_cast(' ~ text_expression ~ ' as ' ~ type ~ ') is not null)'
    ) }}
{%- endmacro -%}

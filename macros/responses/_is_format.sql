{# RFC 3339, as JSON Schema's formats ask: the text has the form, and it is a day that exists. #}
{%- macro _is_format(text_expression, format) -%}
    {%- set forms = {
        'date': '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
        'date-time': '^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$',
    } -%}
    {{ return(
        '(' ~ dbt_llm.text_matches(text_expression, forms[format])
        ~ ' and ' ~ dbt_llm.date_of(text_expression, format) ~ ' is not null)'
    ) }}
{%- endmacro -%}

{# RFC 3339, as JSON Schema's formats ask: the text has the form, and it is a day that exists. #}
{%- macro databricks__is_format(text_expression, format) -%}
    {%- set forms = {
        'date': '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
        'date-time': '^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$',
    } -%}
    {%- set converted = {'date': 'try_cast(' ~ text_expression ~ ' as date)', 'date-time': 'try_cast(' ~ text_expression ~ ' as timestamp)'}[format] -%}
    {{ return('(' ~ dbt_llm.text_matches(text_expression, forms[format]) ~ ' and ' ~ converted ~ ' is not null)') }}
{%- endmacro -%}

{# Never raises, and keeps a text as it is: what cannot be had in the type is NULL. #}
{%- macro duckdb__typed_value(json_expression, schema) -%}
    {%- set type = dbt_llm.column_type(schema) -%}
    {%- if schema.type in ['array', 'object'] -%}
        {{ return('try_cast(' ~ json_expression ~ ' as ' ~ type ~ ')') }}
    {%- elif type == 'varchar' -%}
        {{ return(dbt_llm.json_text(json_expression)) }}
    {%- endif -%}
    {{ return('try_cast(' ~ dbt_llm.json_text(json_expression) ~ ' as ' ~ type ~ ')') }}
{%- endmacro -%}

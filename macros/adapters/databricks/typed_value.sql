{# Never raises: what cannot be had in the type is NULL. A variant holds no date, so dates come from the text. #}
{%- macro databricks__typed_value(json_expression, schema) -%}
    {%- set type = dbt_llm.column_type(schema) -%}
    {%- if type in ['date', 'timestamp'] -%}
        {{ return('try_cast(' ~ dbt_llm.json_text(json_expression) ~ ' as ' ~ type ~ ')') }}
    {%- endif -%}
    {{ return('try_variant_get(' ~ json_expression ~ ", '$', " ~ dbt_llm.string_literal(type) ~ ')') }}
{%- endmacro -%}

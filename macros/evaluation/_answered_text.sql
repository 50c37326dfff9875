{# A value of a completion as the text that is held against the expected one; NULL for null. #}
{%- macro _answered_text(json_expression, kind) -%}
    {%- if kind == 'array' -%}
        {{ return('case when ' ~ dbt_llm.json_is(json_expression, 'array') ~ ' then ' ~ dbt_llm.json_document(json_expression) ~ ' end') }}
    {%- endif -%}
    {{ return(dbt_llm.json_text(json_expression)) }}
{%- endmacro -%}

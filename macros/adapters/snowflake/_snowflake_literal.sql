{# A value as a constant of Snowflake's semi-structured types: AI_COMPLETE takes OBJECT literals, not texts. #}
{%- macro _snowflake_literal(value) -%}
    {%- if value is mapping -%}
        {%- set members = [] -%}
        {%- for key, member in value.items() -%}
            {%- do members.append(dbt_llm.string_literal(key) ~ ': ' ~ dbt_llm._snowflake_literal(member)) -%}
        {%- endfor -%}
        {{ return('{' ~ (members | join(', ')) ~ '}') }}
    {%- elif value is string -%}
        {{ return(dbt_llm.string_literal(value)) }}
    {%- elif value is none -%}
        {{ return('null') }}
    {%- elif value is boolean -%}
        {{ return('true' if value else 'false') }}
    {%- elif value is number -%}
        {{ return(value | string) }}
    {%- endif -%}
    {%- set items = [] -%}
    {%- for item in value -%}
        {%- do items.append(dbt_llm._snowflake_literal(item)) -%}
    {%- endfor -%}
    {{ return('[' ~ (items | join(', ')) ~ ']') }}
{%- endmacro -%}

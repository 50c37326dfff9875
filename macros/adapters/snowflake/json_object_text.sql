{%- macro snowflake__json_object_text(members) -%}
    {%- set parts = [] -%}
    {%- for name, expression in members.items() -%}
        {%- do parts.append(dbt_llm.string_literal(name) ~ ', ' ~ expression) -%}
    {%- endfor -%}
    {{ return('to_json(object_construct_keep_null(' ~ (parts | join(', ')) ~ '))') }}
{%- endmacro -%}

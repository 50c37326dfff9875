{%- macro duckdb__json_object_text(members) -%}
    {%- set parts = [] -%}
    {%- for name, expression in members.items() -%}
        {%- do parts.append(dbt_llm.string_literal(name) ~ ', ' ~ expression) -%}
    {%- endfor -%}
    {{ return('cast(json_object(' ~ (parts | join(', ')) ~ ') as varchar)') }}
{%- endmacro -%}

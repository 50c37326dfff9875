{%- macro bigquery__json_object_text(members) -%}
    {%- set parts = [] -%}
    {%- for name, expression in members.items() -%}
        {%- do parts.append(expression ~ ' as ' ~ dbt_llm.column_name(name)) -%}
    {%- endfor -%}
    {{ return('to_json_string(struct(' ~ (parts | join(', ')) ~ '))') }}
{%- endmacro -%}

{# The columns that a prompt template names, each once, as it first spells them. #}
{%- macro _template_columns(template) -%}
    {%- set names = [] -%}
    {%- set seen = [] -%}
    {%- for part in dbt_llm._template_parts(template) if part.column is defined and part.column | lower not in seen -%}
        {%- do names.append(part.column) -%}
        {%- do seen.append(part.column | lower) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro -%}

{# The text that all prompts of a template begin with: all of it before the first column. #}
{%- macro _prompt_prefix(template) -%}
    {%- set parts = dbt_llm._template_parts(template) -%}
    {{ return(parts[0].text if parts and parts[0].text is defined else '') }}
{%- endmacro -%}

{# SQL literals of the texts, with commas between them. #}
{%- macro _literal_list(texts) -%}
    {%- set literals = [] -%}
    {%- for text in texts -%}
        {%- do literals.append(dbt_llm.string_literal(text)) -%}
    {%- endfor -%}
    {{ return(literals | join(', ')) }}
{%- endmacro -%}

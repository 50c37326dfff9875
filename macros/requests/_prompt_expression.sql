{# The prompt of a row as SQL. NULL when a column that is not optional is NULL. #}
{%- macro _prompt_expression(template) -%}
    {%- set expressions = [] -%}
    {%- for part in dbt_llm._template_parts(template) -%}
        {%- if part.text is defined -%}
            {%- do expressions.append(dbt_llm.string_literal(part.text)) -%}
        {%- else -%}
            {%- set text = dbt_llm.text_of(dbt_llm.column_name(part.column)) -%}
            {%- set empty = dbt_llm.string_literal('') -%}
            {%- do expressions.append('coalesce(' ~ text ~ ', ' ~ empty ~ ')' if part.optional else text) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(dbt_llm.concat_text(expressions)) }}
{%- endmacro -%}

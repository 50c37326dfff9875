{%- macro snowflake__classify_expression(text, labels, instruction) -%}
    {%- set arguments = [dbt_llm.text_of(text), dbt_llm._snowflake_literal(labels)] -%}
    {%- if instruction -%}
        {%- do arguments.append(dbt_llm._snowflake_literal({'task_description': instruction})) -%}
    {%- endif -%}
    {{ return('cast(ai_classify(\n        ' ~ (arguments | join(',\n        ')) ~ '\n    ):labels[0] as varchar)') }}
{%- endmacro -%}

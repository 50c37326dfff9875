{%- macro snowflake__extract_expression(text, schema, instruction) -%}
    {%- set asked = dbt_llm._bare_schema(schema) -%}
    {%- if instruction -%}
        {%- do asked.update({'description': instruction}) -%}
    {%- endif -%}
    {{ return(
        'to_json(ai_extract(\n        text => ' ~ dbt_llm.text_of(text) ~ ',\n        responseFormat => '
        ~ dbt_llm._snowflake_literal({'schema': asked}) ~ '\n    ):response)'
    ) }}
{%- endmacro -%}

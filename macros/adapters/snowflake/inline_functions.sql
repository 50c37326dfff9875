{# Inline calls on Snowflake: AI_COMPLETE, AI_CLASSIFY, AI_EXTRACT, AI_EMBED. #}

{%- macro snowflake__complete_expression(prompt_expression, task) -%}
    {%- set response = dbt_llm._ai_complete(prompt_expression, task) -%}
    {{ return(
        'to_json(' ~ response ~ ':value:structured_output[0]:raw_message)' if task.response_schema is not none
        else 'cast(' ~ response ~ ':value:choices[0]:messages as varchar)'
    ) }}
{%- endmacro -%}

{%- macro snowflake__classify_expression(text, labels, instruction) -%}
    {%- set arguments = [dbt_llm.text_of(text), dbt_llm._snowflake_literal(labels)] -%}
    {%- if instruction -%}
        {%- do arguments.append(dbt_llm._snowflake_literal({'task_description': instruction})) -%}
    {%- endif -%}
    {{ return('cast(ai_classify(\n        ' ~ (arguments | join(',\n        ')) ~ '\n    ):labels[0] as varchar)') }}
{%- endmacro -%}

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

{%- macro snowflake__embed_expression(text, endpoint) -%}
    {{ return('ai_embed(' ~ dbt_llm.string_literal(endpoint.model_name) ~ ', ' ~ dbt_llm.text_of(text) ~ ')') }}
{%- endmacro -%}

{# Inline calls on BigQuery: AI.GENERATE, AI.CLASSIFY, AI.EMBED. #}

{%- macro bigquery__complete_expression(prompt_expression, task) -%}
    {%- set arguments = [
        prompt_expression,
        'endpoint => ' ~ dbt_llm.string_literal(task.endpoint.model_name),
        'model_params => json ' ~ dbt_llm.string_literal(dbt_llm._gemini_parameters(task)),
    ] -%}
    {%- if task.endpoint.get('connection') -%}
        {%- do arguments.append('connection_id => ' ~ dbt_llm.string_literal(task.endpoint.connection)) -%}
    {%- endif -%}
    {{ return('ai.generate(\n        ' ~ (arguments | join(',\n        ')) ~ '\n    ).result') }}
{%- endmacro -%}

{# AI.CLASSIFY takes examples, but no instruction. #}
{%- macro bigquery__classify_expression(text, labels, instruction) -%}
    {%- if instruction and execute -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_llm.classify: AI.CLASSIFY takes no instruction. Expected none, or an endpoint; got an instruction alone. '
            ~ "Leave `instruction` out, or name the endpoint that shall answer."
        ) -%}
    {%- endif -%}
    {{ return('ai.classify(' ~ dbt_llm.text_of(text) ~ ', categories => [' ~ dbt_llm._literal_list(labels) ~ '])') }}
{%- endmacro -%}

{%- macro bigquery__embed_expression(text, endpoint) -%}
    {%- set arguments = [dbt_llm.text_of(text), 'endpoint => ' ~ dbt_llm.string_literal(endpoint.model_name)] -%}
    {%- if endpoint.get('connection') -%}
        {%- do arguments.append('connection_id => ' ~ dbt_llm.string_literal(endpoint.connection)) -%}
    {%- endif -%}
    {{ return('ai.embed(\n        ' ~ (arguments | join(',\n        ')) ~ '\n    ).result') }}
{%- endmacro -%}

{# The call. Every argument but the prompt is a constant, and a failing row is an answer and not the end of the query. #}
{%- macro _ai_query(prompt, task) -%}
    {%- set arguments = [dbt_llm.string_literal(task.endpoint.model_name), prompt] -%}
    {%- if task.model_parameters -%}
        {%- do arguments.append('modelParameters => ' ~ dbt_llm._databricks_literal(task.model_parameters)) -%}
    {%- endif -%}
    {%- if task.response_schema is not none -%}
        {%- set schema = dbt_llm._constrained_schema(
            task.response_schema, keywords=['type', 'enum', 'const', 'description', 'format', 'minimum', 'maximum', 'minItems', 'maxItems'], closed=true
        ) -%}
        {%- do arguments.append('responseFormat => ' ~ dbt_llm.string_literal(dbt_llm._canonical_json(
            {'type': 'json_schema', 'json_schema': {'name': 'response', 'schema': schema, 'strict': true}}, keep_order=true
        ))) -%}
    {%- endif -%}
    {%- do arguments.append('failOnError => false') -%}
    {{ return('ai_query(\n        ' ~ (arguments | join(',\n        ')) ~ '\n    )') }}
{%- endmacro -%}

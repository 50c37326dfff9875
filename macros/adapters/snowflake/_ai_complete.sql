{# The call, with all arguments named. The schema's other keywords are refused by Snowflake, and checked afterwards. #}
{%- macro _ai_complete(prompt, task) -%}
    {%- set arguments = [
        'model => ' ~ dbt_llm.string_literal(task.endpoint.model_name),
        'prompt => ' ~ prompt,
        'model_parameters => ' ~ dbt_llm._snowflake_literal(task.model_parameters),
    ] -%}
    {%- if task.response_schema is not none -%}
        {%- set schema = dbt_llm._constrained_schema(task.response_schema, keywords=['type', 'enum', 'description'], closed=true) -%}
        {%- do arguments.append('response_format => ' ~ dbt_llm._snowflake_literal({'type': 'json', 'schema': schema})) -%}
    {%- endif -%}
    {%- do arguments.extend(['show_details => true', 'return_error_details => true']) -%}
    {{ return('ai_complete(\n        ' ~ (arguments | join(',\n        ')) ~ '\n    )') }}
{%- endmacro -%}

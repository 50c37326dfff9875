{%- macro bigquery__complete_expression(prompt_expression, task) -%}
    {%- set arguments = [
        prompt_expression,
        'endpoint => ' ~ dbt_llm.string_literal(task.endpoint.model_name),
        'model_params => ' ~ dbt_llm._gemini_parameters(task),
    ] -%}
    {%- if task.endpoint.get('connection') -%}
        {%- do arguments.append('connection_id => ' ~ dbt_llm.string_literal(task.endpoint.connection)) -%}
    {%- endif -%}
    {{ return('ai.generate(\n        ' ~ (arguments | join(',\n        ')) ~ '\n    ).result') }}
{%- endmacro -%}

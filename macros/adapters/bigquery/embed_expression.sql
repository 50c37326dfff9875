{%- macro bigquery__embed_expression(text, endpoint) -%}
    {%- set arguments = [dbt_llm.text_of(text), 'endpoint => ' ~ dbt_llm.string_literal(endpoint.model_name)] -%}
    {%- if endpoint.get('connection') -%}
        {%- do arguments.append('connection_id => ' ~ dbt_llm.string_literal(endpoint.connection)) -%}
    {%- endif -%}
    {{ return('ai.embed(\n        ' ~ (arguments | join(',\n        ')) ~ '\n    ).result') }}
{%- endmacro -%}

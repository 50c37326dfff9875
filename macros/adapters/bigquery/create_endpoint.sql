{%- macro bigquery__create_endpoint(endpoint) -%}
    {%- set connection = '`' ~ endpoint.connection ~ '`' if endpoint.get('connection') else 'default' -%}
    {%- do run_query(
        'create or replace model `' ~ endpoint.model ~ '`\nremote with connection ' ~ connection
        ~ '\noptions (endpoint = ' ~ dbt_llm.string_literal(endpoint.model_name) ~ ')'
    ) -%}
    {{ return('created the remote model ' ~ endpoint.model ~ ' for ' ~ endpoint.model_name) }}
{%- endmacro -%}

{%- macro databricks__create_endpoint(name, endpoint) -%}
    {{ return('nothing to create: ' ~ endpoint.model_name) }}
{%- endmacro -%}

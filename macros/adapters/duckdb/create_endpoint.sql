{# An endpoint is a URL here; nothing is made for it. #}
{%- macro duckdb__create_endpoint(name, endpoint) -%}
    {{ return('nothing to create: ' ~ endpoint.base_url) }}
{%- endmacro -%}

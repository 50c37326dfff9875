{%- macro snowflake__version_query() -%}
    {{ return('select current_version()') }}
{%- endmacro -%}

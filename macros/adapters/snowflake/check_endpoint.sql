{%- macro snowflake__check_endpoint(task) -%}
    {{ return([]) }}
{%- endmacro -%}

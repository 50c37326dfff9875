{%- macro bigquery__check_endpoint(task) -%}
    {{ return([]) }}
{%- endmacro -%}

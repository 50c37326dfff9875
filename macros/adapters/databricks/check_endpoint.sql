{%- macro databricks__check_endpoint(task) -%}
    {{ return([]) }}
{%- endmacro -%}

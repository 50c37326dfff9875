{%- macro databricks__adapter_name() -%}
    {{ return('databricks') }}
{%- endmacro -%}

{%- macro bigquery__adapter_name() -%}
    {{ return('bigquery') }}
{%- endmacro -%}

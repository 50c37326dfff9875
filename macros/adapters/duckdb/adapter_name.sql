{%- macro duckdb__adapter_name() -%}
    {{ return('duckdb') }}
{%- endmacro -%}

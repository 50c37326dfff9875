{%- macro bigquery__current_utc() -%}
    {{ return('current_timestamp()') }}
{%- endmacro -%}

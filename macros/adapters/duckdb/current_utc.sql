{%- macro duckdb__current_utc() -%}
    {{ return("timezone('UTC', now())") }}
{%- endmacro -%}

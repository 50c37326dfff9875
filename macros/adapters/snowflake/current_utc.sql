{%- macro snowflake__current_utc() -%}
    {{ return('sysdate()') }}
{%- endmacro -%}

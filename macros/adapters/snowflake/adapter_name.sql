{%- macro snowflake__adapter_name() -%}
    {{ return('snowflake') }}
{%- endmacro -%}

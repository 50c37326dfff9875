{# Large enough to keep the function busy, small enough that a killed run loses minutes and not hours. #}
{%- macro snowflake__chunk_size() -%}
    {{ return(20000) }}
{%- endmacro -%}

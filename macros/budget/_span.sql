{# A time for a reader; a question mark where it is unknown. #}
{%- macro _span(seconds) -%}
    {%- if seconds is none -%}
        {{ return('?') }}
    {%- elif seconds < 100 -%}
        {{ return(([seconds, 1] | max | round | int) ~ ' s') }}
    {%- elif seconds < 6000 -%}
        {{ return(((seconds / 60) | round | int) ~ ' min') }}
    {%- elif seconds < 172800 -%}
        {{ return((((seconds / 3600) | round | int) if seconds >= 36000 else ((seconds / 3600) | round(1))) ~ ' h') }}
    {%- endif -%}
    {{ return(dbt_llm._grouped(seconds / 86400) ~ ' days') }}
{%- endmacro -%}

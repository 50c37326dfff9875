{# Fewer answers than this have no mean that could be compared: the normal law of means needs some. #}
{%- macro _fewest_requests() -%}
    {{ return(30) }}
{%- endmacro -%}

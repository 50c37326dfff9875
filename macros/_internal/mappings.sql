{# A new mapping: this one with these entries set; the one that was given stays as it is. #}
{%- macro _merged(mapping, entries) -%}
    {%- set merged = {} -%}
    {%- do merged.update(mapping) -%}
    {%- do merged.update(entries) -%}
    {{ return(merged) }}
{%- endmacro -%}

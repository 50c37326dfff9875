{# ASCII letter or underscore, then letters, digits, underscores. #}
{%- macro _is_identifier(name) -%}
    {%- set letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_' -%}
    {%- set ns = namespace(valid=(name[:1] != '' and name[:1] in letters)) -%}
    {%- for character in name if character not in letters ~ '0123456789' -%}
        {%- set ns.valid = false -%}
    {%- endfor -%}
    {{ return(ns.valid) }}
{%- endmacro -%}

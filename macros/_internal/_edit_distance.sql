{# Levenshtein's distance. Jinja has no library for it, and it runs only to word an error. #}
{%- macro _edit_distance(first, second) -%}
    {%- set ns = namespace(row=range((second | length) + 1) | list) -%}
    {%- for a in first -%}
        {%- set next_row = [loop.index] -%}
        {%- for b in second -%}
            {%- set at = loop.index0 -%}
            {%- set cost = 0 if a == b else 1 -%}
            {%- do next_row.append([ns.row[at + 1] + 1, next_row[at] + 1, ns.row[at] + cost] | min) -%}
        {%- endfor -%}
        {%- set ns.row = next_row -%}
    {%- endfor -%}
    {{ return(ns.row | last) }}
{%- endmacro -%}

{# The ids of everything that a node is built from, itself included. #}
{%- macro _upstream(unique_id) -%}
    {%- set found = [unique_id] -%}
    {%- set ns = namespace(next=[unique_id]) -%}
    {# No path is longer than there are nodes. #}
    {%- for _ in graph.nodes -%}
        {%- set parents = [] -%}
        {%- for one in ns.next if one in graph.nodes -%}
            {%- for parent in graph.nodes[one].depends_on.nodes if parent not in found -%}
                {%- do found.append(parent) -%}
                {%- do parents.append(parent) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- set ns.next = parents -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro -%}

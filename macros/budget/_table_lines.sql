{# Rows of texts as lines of a table; the columns whose numbers (from 0) are in `right` end, and do not begin, together. #}
{%- macro _table_lines(rows, right) -%}
    {%- set widths = [] -%}
    {%- for column in range(rows[0] | length) -%}
        {%- set ns = namespace(width=0) -%}
        {%- for row in rows -%}
            {%- set ns.width = [ns.width, row[column] | string | length] | max -%}
        {%- endfor -%}
        {%- do widths.append(ns.width) -%}
    {%- endfor -%}
    {%- set lines = [] -%}
    {%- for row in rows -%}
        {%- set cells = [] -%}
        {%- for text in row -%}
            {%- set spaces = [] -%}
            {%- for _ in range(widths[loop.index0] - (text | string | length)) -%}
                {%- do spaces.append(' ') -%}
            {%- endfor -%}
            {%- do cells.append((spaces | join) ~ text if loop.index0 in right else text ~ (spaces | join)) -%}
        {%- endfor -%}
        {%- do lines.append(('  ' ~ (cells | join('  '))).rstrip(' ')) -%}
    {%- endfor -%}
    {{ return(lines) }}
{%- endmacro -%}

{# Texts as one line of a table; the last is not filled up. #}
{%- macro _padded(texts, widths) -%}
    {%- set cells = [] -%}
    {%- for text in texts -%}
        {%- set width = widths[loop.index0] if loop.index0 < widths | length else 0 -%}
        {%- set filling = [] -%}
        {%- for _ in range(width - (text | string | length)) -%}
            {%- do filling.append(' ') -%}
        {%- endfor -%}
        {%- do cells.append(text ~ (filling | join)) -%}
    {%- endfor -%}
    {{ return(cells | join(' ')) }}
{%- endmacro -%}

{#
    Split a prompt template into literal texts and columns: [{'text': …} | {'column': …, 'optional': bool}, …].
    `{name}` in single braces is a column, `{name?}` one that may be NULL; `\{name}`, `{{name}}` and every other brace
    are literal. Decided from the text alone, so that a project compiles without a connection.
#}
{%- macro _template_parts(template) -%}
    {%- set parts = [] -%}
    {%- set ns = namespace(text='') -%}
    {%- for piece in template.split('{') -%}
        {%- if loop.first -%}
            {%- set ns.text = piece -%}
        {%- else -%}
            {%- set inside = piece.split('}')[0] -%}
            {%- set name = inside[:-1] if inside[-1:] == '?' else inside -%}
            {%- set rest = piece[(inside | length) + 1:] -%}
            {%- set closed = (piece | length) > (inside | length) -%}
            {%- set doubled = ns.text[-1:] == '{' and rest[:1] == '}' -%}
            {%- if not closed or doubled or not dbt_llm._is_identifier(name) -%}
                {%- set ns.text = ns.text ~ '{' ~ piece -%}
            {%- elif ns.text[-1:] == '\\' -%}
                {%- set ns.text = ns.text[:-1] ~ '{' ~ piece -%}
            {%- else -%}
                {%- if ns.text -%}
                    {%- do parts.append({'text': ns.text}) -%}
                {%- endif -%}
                {%- do parts.append({'column': name, 'optional': name != inside}) -%}
                {%- set ns.text = rest -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if ns.text -%}
        {%- do parts.append({'text': ns.text}) -%}
    {%- endif -%}
    {{ return(parts) }}
{%- endmacro -%}

{# The prompt template of a task: its parts and columns, and the prompt of a row as SQL. #}

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

{# The columns that a prompt template names, each once, as it first spells them. #}
{%- macro _template_columns(template) -%}
    {%- set names = [] -%}
    {%- set seen = [] -%}
    {%- for part in dbt_llm._template_parts(template) if part.column is defined and part.column | lower not in seen -%}
        {%- do names.append(part.column) -%}
        {%- do seen.append(part.column | lower) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro -%}

{# The prompt of a row as SQL. NULL when a column that is not optional is NULL. #}
{%- macro _prompt_expression(template) -%}
    {%- set expressions = [] -%}
    {%- for part in dbt_llm._template_parts(template) -%}
        {%- if part.text is defined -%}
            {%- do expressions.append(dbt_llm.string_literal(part.text)) -%}
        {%- else -%}
            {%- set text = dbt_llm.text_of(dbt_llm.column_name(part.column)) -%}
            {%- set empty = dbt_llm.string_literal('') -%}
            {%- do expressions.append('coalesce(' ~ text ~ ', ' ~ empty ~ ')' if part.optional else text) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(dbt_llm.concat_text(expressions)) }}
{%- endmacro -%}

{# The text that all prompts of a template begin with: all of it before the first column. #}
{%- macro _prompt_prefix(template) -%}
    {%- set parts = dbt_llm._template_parts(template) -%}
    {{ return(parts[0].text if parts and parts[0].text is defined else '') }}
{%- endmacro -%}

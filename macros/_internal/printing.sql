{# How operations print: tables of text, whole numbers and US dollars. #}

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
            {%- do cells.append(dbt_llm._padded(text, widths[loop.index0], at_its_left=loop.index0 in right)) -%}
        {%- endfor -%}
        {%- do lines.append(('  ' ~ (cells | join('  '))).rstrip(' ')) -%}
    {%- endfor -%}
    {{ return(lines) }}
{%- endmacro -%}

{# A text filled up with spaces to a width. #}
{%- macro _padded(text, width, at_its_left=false) -%}
    {%- set spaces = [] -%}
    {%- for _ in range(width - (text | string | length)) -%}
        {%- do spaces.append(' ') -%}
    {%- endfor -%}
    {{ return((spaces | join) ~ text if at_its_left else text ~ (spaces | join)) }}
{%- endmacro -%}

{# A whole number with a comma between its thousands. #}
{%- macro _format_number(number) -%}
    {%- set digits = number | round | int | string -%}
    {%- set parts = [] -%}
    {%- for _ in range((digits | length + 2) // 3) -%}
        {%- set end = (digits | length) - 3 * loop.index0 -%}
        {%- do parts.append(digits[[end - 3, 0] | max:end]) -%}
    {%- endfor -%}
    {{ return(parts | reverse | join(',')) }}
{%- endmacro -%}

{# US dollars for a reader: two decimals, four where it is less than ten cents, a question mark where it is unknown. #}
{%- macro _format_usd(amount) -%}
    {%- if amount is none -%}
        {{ return('?') }}
    {%- elif amount > 0 and amount < 0.00005 -%}
        {{ return('< 0.0001') }}
    {%- endif -%}
    {%- set decimals = 4 if amount > 0 and amount < 0.1 else 2 -%}
    {%- set unit = 10000 if decimals == 4 else 100 -%}
    {%- set all = (amount * unit) | round | int -%}
    {%- set fraction = '0000' ~ (all % unit) -%}
    {{ return(dbt_llm._format_number(all // unit) ~ '.' ~ fraction[(fraction | length) - decimals:]) }}
{%- endmacro -%}

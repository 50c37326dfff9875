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

{#
    A text that others wrote, as one line for a terminal and a log: what moves a cursor, turns the direction of writing or is
    not seen is a question mark in it. The same characters as `visible` of the companion.
#}
{%- macro _printable(text) -%}
    {%- set unseen = '\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u000b\u000c\u000e\u000f\u0010' ~
        '\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\u007f\u0080' ~
        '\u0081\u0082\u0083\u0084\u0085\u0086\u0087\u0088\u0089\u008a\u008b\u008c\u008d\u008e\u008f\u0090\u0091' ~
        '\u0092\u0093\u0094\u0095\u0096\u0097\u0098\u0099\u009a\u009b\u009c\u009d\u009e\u009f\u00ad\u061c\u115f' ~
        '\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063' ~
        '\u2064\u2065\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufeff\ufff9\ufffa\ufffb' -%}
    {%- set characters = [] -%}
    {%- for character in text | string | replace('\n', ' ') | replace('\r', ' ') | replace('\t', ' ') -%}
        {%- do characters.append('?' if character in unseen else character) -%}
    {%- endfor -%}
    {{ return(characters | join) }}
{%- endmacro -%}

{# Patterns: the regular expressions that all engines read alike, and what is wrong in others. #}

{#
    The parts of a regular expression: [{'text', 'in_class', 'is_quantifier'}, …], a character, an escape, or a count in braces
    each. `(?:` is one part, as is the beginning of a class, `[` or `[^`.
#}
{%- macro _pattern_parts(pattern) -%}
    {%- set parts = [] -%}
    {%- set ns = namespace(open='', in_class=false, skip=0) -%}
    {%- for character in pattern -%}
        {%- set following = pattern[loop.index:] -%}
        {%- if ns.skip > 0 -%}
            {%- set ns.skip = ns.skip - 1 -%}
        {%- else -%}
            {%- if character == '\\' -%}
                {%- set text = character ~ following[:1] -%}
            {%- elif ns.in_class -%}
                {%- set text = character -%}
            {%- elif character == '[' and following[:1] == '^' -%}
                {%- set text = '[^' -%}
            {%- elif character == '(' and following[:2] == '?:' -%}
                {%- set text = '(?:' -%}
            {%- elif character == '{' and '}' in following -%}
                {%- set text = character ~ following.split('}')[0] ~ '}' -%}
            {%- else -%}
                {%- set text = character -%}
            {%- endif -%}
            {%- set ns.skip = text | length - 1 -%}
            {%- do parts.append({
                'text': text,
                'in_class': ns.in_class,
                'is_quantifier': not ns.in_class and (text in ['*', '+', '?'] or (text[0] == '{' and text | length > 1)),
            }) -%}
            {%- if not ns.in_class and text[0] == '[' -%}
                {%- set ns.in_class = true -%}
            {%- elif ns.in_class and text == ']' -%}
                {%- set ns.in_class = false -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(parts) }}
{%- endmacro -%}

{# The pattern as it stands in SQL: Snowflake's expressions have no groups but capturing ones, and whether one captures is nothing here. #}
{%- macro _plain_pattern(pattern) -%}
    {{ return(dbt_llm._pattern_parts(pattern) | map(attribute='text') | join | replace('(?:', '(') if '(?:' in pattern else pattern) }}
{%- endmacro -%}

{# What keeps a pattern from being read alike by RE2 (DuckDB, BigQuery), RE2's POSIX form (Snowflake) and Java (Databricks). #}
{%- macro _pattern_faults(pattern, where) -%}
    {%- set found = [] -%}
    {%- set ns = namespace(before=none, depth=0, class=[]) -%}
    {%- for part in dbt_llm._pattern_parts(pattern) -%}
        {%- set text = part.text -%}
        {%- if text[0] == '\\' -%}
            {%- if text | length == 1 or text[1] not in 'dDwWsSntrf!"#$%&\'()*+,-./:;<=>?@[\\]^`{|}~' -%}
                {%- do found.append("'" ~ text ~ "'") -%}
            {%- endif -%}
        {%- elif part.is_quantifier -%}
            {%- if ns.before is none or ns.before.is_quantifier or (not ns.before.in_class and ns.before.text in ['(', '(?:', '|', '^', '$']) -%}
                {%- do found.append("'" ~ (ns.before.text if ns.before is not none else '') ~ text ~ "'") -%}
            {%- elif text[0] == '{' and not dbt_llm._is_count(text[1:-1]) -%}
                {%- do found.append("'" ~ text ~ "'") -%}
            {%- endif -%}
        {%- elif not part.in_class and text in ['{', '}'] -%}
            {%- do found.append("'" ~ text ~ "'") -%}
        {%- elif not part.in_class and text in ['(', '(?:'] -%}
            {%- set ns.depth = ns.depth + 1 -%}
        {%- elif not part.in_class and text == ')' -%}
            {%- set ns.depth = ns.depth - 1 if ns.depth > 0 else -99 -%}
        {%- endif -%}
        {%- if not part.in_class and text in ['[', '[^'] -%}
            {%- set ns.class = [] -%}
        {%- elif part.in_class and text == ']' -%}
            {%- do found.extend(dbt_llm._class_faults(ns.class)) -%}
            {%- set ns.class = none -%}
        {%- elif part.in_class -%}
            {%- do ns.class.append(text) -%}
        {%- endif -%}
        {%- set ns.before = part -%}
    {%- endfor -%}
    {%- if ns.depth != 0 or (ns.before is not none and (ns.before.in_class or ns.before.text in ['[', '[^']) and ns.class is not none) -%}
        {%- do found.append('a bracket without its other') -%}
    {%- endif -%}
    {%- if not found -%}
        {{ return([]) }}
    {%- endif -%}
    {{ return([
        where ~ ".pattern: not read alike by all warehouses' regular expressions. Expected none of " ~ (found | join(', ')) ~ "; got '"
        ~ pattern ~ "'. Write it without, as docs/enrich.md says of patterns"
    ]) }}
{%- endmacro -%}

{# What is wrong between the brackets of a class; `members` are its parts. #}
{%- macro _class_faults(members) -%}
    {%- set found = [] -%}
    {%- if not members -%}
        {%- do found.append("'[]'") -%}
    {%- endif -%}
    {%- set ns = namespace(range_ends=-1) -%}
    {%- for member in members -%}
        {%- set at = loop.index0 -%}
        {%- if member == '[' or (member == '&' and members[at + 1:at + 2] == ['&']) -%}
            {%- do found.append("'" ~ (member if member == '[' else '&&') ~ "' within brackets") -%}
        {%- elif member == '-' and at > 0 and not loop.last -%}
            {%- set low = members[at - 1] -%}
            {%- set high = members[at + 1] -%}
            {%- set letters = ['\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '\\n', '\\t', '\\r', '\\f'] -%}
            {%- if ns.range_ends == at - 1 or low in letters or high in letters or low[-1:] > high[-1:] -%}
                {%- do found.append("'" ~ low ~ '-' ~ high ~ "' within brackets") -%}
            {%- endif -%}
            {%- set ns.range_ends = at + 1 -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro -%}

{# Whether the text between braces counts repetitions: RE2 takes up to a thousand. #}
{%- macro _is_count(text) -%}
    {%- set ends = text.split(',') -%}
    {%- set ns = namespace(valid=ends | length <= 2 and ends[0] != '') -%}
    {%- for end in ends if end != '' -%}
        {%- for character in end if character not in '0123456789' -%}
            {%- set ns.valid = false -%}
        {%- endfor -%}
        {%- if end | length > 4 or end | int > 1000 -%}
            {%- set ns.valid = false -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(ns.valid and (ends | length == 1 or ends[1] == '' or ends[0] | int <= ends[1] | int)) }}
{%- endmacro -%}

{# One JSON text for each value, the same in every engine of dbt and in Python. #}

{#
    JSON with sorted keys, no spaces, integral floats as integers and nothing escaped that need not be. Written out
    here because `tojson` differs between dbt's engines; the same text as dbt_llm.contract.canonical_json in Python.
    `keep_order`: keys in their own order, in which a language model writes its answer.
#}
{%- macro _canonical_json(value, keep_order=false) -%}
    {%- set parts = [] -%}
    {%- if value is none -%}
        {{ return('null') }}
    {%- elif value is boolean -%}
        {{ return('true' if value else 'false') }}
    {%- elif value is string -%}
        {# Most texts have nothing to escape. #}
        {{ return(tojson(value) if tojson(value) == '"' ~ value ~ '"' else dbt_llm._escaped_json_string(value)) }}
    {%- elif value is number -%}
        {%- set text = (value | int | string) if value == value | int else (value | string) -%}
        {%- if 'e' in text | lower -%}
            {%- do exceptions.raise_compiler_error(
                "dbt_llm: a number has no one text in all engines. Expected 0, or at least 0.0001 in size; got '" ~ text
                ~ "'. Round it."
            ) -%}
        {%- endif -%}
        {{ return(text) }}
    {%- elif value is mapping -%}
        {%- for key in (value.keys() if keep_order else value.keys() | sort(case_sensitive=true)) -%}
            {%- set name = tojson(key) if tojson(key) == '"' ~ key ~ '"' else dbt_llm._escaped_json_string(key) -%}
            {%- do parts.append(name ~ ':' ~ dbt_llm._canonical_json(value[key], keep_order)) -%}
        {%- endfor -%}
        {{ return('{' ~ (parts | join(',')) ~ '}') }}
    {%- endif -%}
    {%- for item in value -%}
        {%- do parts.append(dbt_llm._canonical_json(item, keep_order)) -%}
    {%- endfor -%}
    {{ return('[' ~ (parts | join(',')) ~ ']') }}
{%- endmacro -%}

{# RFC 8259's short escapes, \u00XX for the other control characters, all else as it stands. #}
{%- macro _escaped_json_string(text) -%}
    {%- set short = {'\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', '"': '\\"', '\\': '\\\\'} -%}
    {# A control character's place among these is its code point: Jinja has no ord(). #}
    {%- set controls = '\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f' -%}
    {%- set digits = '0123456789abcdef' -%}
    {%- for code in range(32) -%}
        {%- set character = controls[code] -%}
        {%- if character not in short -%}
            {%- do short.update({character: '\\u00' ~ digits[code // 16] ~ digits[code % 16]}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set characters = [] -%}
    {#- YAML reads some keys as numbers, as the tokens' of a logit_bias. #}
    {%- for character in text | string -%}
        {%- if character in short -%}
            {%- do characters.append(short[character]) -%}
        {%- else -%}
            {%- do characters.append(character) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return('"' ~ (characters | join) ~ '"') }}
{%- endmacro -%}

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
        {%- for key in value if key is not string -%}
            {%- do exceptions.raise_compiler_error(
                "dbt_llm: a key is not a text. Expected the keys of model_parameters and response_format in quotes, as '" ~ key ~ "'; got "
                ~ key ~ ', as YAML reads it without quotes.'
            ) -%}
        {%- endfor -%}
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
    {# A control character's place among these is its code point: Jinja has no ord(), and dbt 2's no \x. #}
    {%- set controls = '\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f' -%}
    {%- set digits = '0123456789abcdef' -%}
    {%- for code in range(32) -%}
        {%- set character = controls[code] -%}
        {%- if character not in short -%}
            {%- do short.update({character: '\\u00' ~ digits[code // 16] ~ digits[code % 16]}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set characters = [] -%}
    {%- for character in text -%}
        {%- if character in short -%}
            {%- do characters.append(short[character]) -%}
        {%- else -%}
            {%- do characters.append(character) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return('"' ~ (characters | join) ~ '"') }}
{%- endmacro -%}

{# RFC 8259's short escapes, \u00XX for the other control characters, all else as it stands. #}
{%- macro _canonical_json_string(text) -%}
    {# Most texts have nothing to escape, and the long way is slow. #}
    {%- if tojson(text) == '"' ~ text ~ '"' -%}
        {{ return('"' ~ text ~ '"') }}
    {%- endif -%}
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
    {%- for character in text -%}
        {%- if character in short -%}
            {%- do characters.append(short[character]) -%}
        {%- else -%}
            {%- do characters.append(character) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return('"' ~ (characters | join) ~ '"') }}
{%- endmacro -%}

{#
    Is this request key among this share of all? A sha256 is even, so its first eight hex digits are below the rate's own eight
    with that probability, in every engine and every run; and as texts, which an index or a block's bounds can use.
#}
{%- macro _is_drawn(request_key, rate) -%}
    {%- if rate >= 1 -%}
        {{ return('true') }}
    {%- endif -%}
    {%- set digits = '0123456789abcdef' -%}
    {%- set ns = namespace(left=(rate * 4294967296) | round | int, text='') -%}
    {%- for _ in range(8) -%}
        {%- set ns.text = digits[ns.left % 16] ~ ns.text -%}
        {%- set ns.left = ns.left // 16 -%}
    {%- endfor -%}
    {{ return(request_key ~ ' < ' ~ dbt_llm.string_literal(ns.text)) }}
{%- endmacro -%}

{# Is a model name that of a dated snapshot of another: `gpt-4o-mini-2024-07-18`, `claude-haiku-4-5-20251001`? #}
{%- macro _is_snapshot_of(name, model_name) -%}
    {%- set before = model_name ~ '-' -%}
    {%- set date = (name | string)[(before | length):] | replace('-', '') -%}
    {%- set ns = namespace(digits=date | length == 8) -%}
    {%- for letter in date if letter not in '0123456789' -%}
        {%- set ns.digits = false -%}
    {%- endfor -%}
    {{ return((name | string)[:(before | length)] == before and ns.digits) }}
{%- endmacro -%}

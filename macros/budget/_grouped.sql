{# A whole number with a comma between its thousands. #}
{%- macro _grouped(number) -%}
    {%- set digits = number | round | int | string -%}
    {%- set parts = [] -%}
    {%- for _ in range((digits | length + 2) // 3) -%}
        {%- set end = (digits | length) - 3 * loop.index0 -%}
        {%- do parts.append(digits[[end - 3, 0] | max:end]) -%}
    {%- endfor -%}
    {{ return(parts | reverse | join(',')) }}
{%- endmacro -%}

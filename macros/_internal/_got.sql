{# `'x'` or `nothing`, for an error sentence. #}
{%- macro _got(value) -%}
    {{ return('nothing' if value is undefined or value is none or value == '' else "'" ~ value ~ "'") }}
{%- endmacro -%}

{# `'a', 'b'` for an error sentence. #}
{%- macro _quoted_list(names) -%}
    {%- set quoted = [] -%}
    {%- for name in names -%}
        {%- do quoted.append("'" ~ name ~ "'") -%}
    {%- endfor -%}
    {{ return((quoted | join(', ')) if quoted else 'none') }}
{%- endmacro -%}

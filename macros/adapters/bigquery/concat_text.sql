{# `||` is NULL when a part is NULL, which is what makes a NULL column a NULL prompt. #}
{%- macro bigquery__concat_text(expressions) -%}
    {{ return(expressions | join('\n            || ')) }}
{%- endmacro -%}

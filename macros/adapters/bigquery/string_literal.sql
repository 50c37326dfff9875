{# Backslash is an escape in GoogleSQL's literals, and a plain one ends at a line break. #}
{%- macro bigquery__string_literal(text) -%}
    {{ return(
        "'" ~ (text | string | replace('\\', '\\\\') | replace("'", "\\'") | replace('\n', '\\n') | replace('\r', '\\r')) ~ "'"
    ) }}
{%- endmacro -%}

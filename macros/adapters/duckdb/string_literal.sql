{# DuckDB's plain literals know one escape: the doubled quote. Backslashes and line breaks stand for themselves. #}
{%- macro duckdb__string_literal(text) -%}
    {{ return("'" ~ (text | string | replace("'", "''")) ~ "'") }}
{%- endmacro -%}

{%- macro duckdb__star_except(columns) -%}
    {{ return('* exclude (' ~ (columns | join(', ')) ~ ')') }}
{%- endmacro -%}

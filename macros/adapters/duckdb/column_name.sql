{# Quoted names are case-insensitive in DuckDB, so quoting costs nothing and lets a column be called "order". #}
{%- macro duckdb__column_name(name) -%}
    {{ return('"' ~ (name | replace('"', '""')) ~ '"') }}
{%- endmacro -%}

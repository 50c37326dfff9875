{# The embedded engine calls its endpoint or does not; there is no statement that only looks. #}
{%- macro duckdb__probe_query(task) -%}
    {{ return(none) }}
{%- endmacro -%}

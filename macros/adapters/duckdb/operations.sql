{# Operations on DuckDB: its engine calls its endpoint, and there is nothing to probe. #}

{# The embedded engine calls its endpoint or does not; there is no statement that only looks. #}
{%- macro duckdb__probe_query(task) -%}
    {{ return(none) }}
{%- endmacro -%}

{# Vectors on DuckDB, which the embedded engine makes: lists of floats. #}

{# A sum passes over NULL, and is as finite as all that is in it. #}
{%- macro duckdb__has_no_number(vector) -%}
    {{ return('not coalesce(isfinite(list_sum(' ~ vector ~ ')) and list_count(' ~ vector ~ ') = len(' ~ vector ~ '), false)') }}
{%- endmacro -%}

{# DuckDB 1 has no CASE over arrays of a fixed length, but over lists. #}
{%- macro duckdb__vector_where(condition, vector, member, otherwise=none) -%}
    {%- set rest = '' if otherwise is none else ' else cast(' ~ otherwise ~ ' as float[])' -%}
    {{ return(dbt_llm.typed_value('case when ' ~ condition ~ ' then ' ~ vector ~ rest ~ ' end', member)) }}
{%- endmacro -%}

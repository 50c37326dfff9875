{# Vectors on DuckDB, which the embedded engine makes: lists of floats. #}

{# A sum passes over NULL, and is as finite as all that is in it. #}
{%- macro duckdb__has_no_number(vector) -%}
    {{ return('not coalesce(isfinite(list_sum(' ~ vector ~ ')) and list_count(' ~ vector ~ ') = len(' ~ vector ~ '), false)') }}
{%- endmacro -%}

{# DuckDB's lists. #}

{%- macro duckdb__array_length(array_expression) -%}
    {{ return('len(' ~ array_expression ~ ')') }}
{%- endmacro -%}

{%- macro duckdb__array_contains(array_expression, literal) -%}
    {{ return('list_contains(' ~ array_expression ~ ', ' ~ literal ~ ')') }}
{%- endmacro -%}

{# A fixed-size array is cast to a list, so that one length of any is compared with the other. #}
{%- macro duckdb__dot_product(embedding, coefficients) -%}
    {{ return(
        'case when len(cast(' ~ embedding ~ ' as double[])) = len(' ~ coefficients ~ ') then list_dot_product(cast(' ~ embedding ~ ' as double[]), '
        ~ coefficients ~ ') end'
    ) }}
{%- endmacro -%}

{%- macro duckdb__embedding_array(embedding) -%}
    {{ return('cast(' ~ embedding ~ ' as float[])') }}
{%- endmacro -%}

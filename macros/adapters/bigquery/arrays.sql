{# Arrays of BigQuery. #}

{%- macro bigquery__array_length(array_expression) -%}
    {{ return('array_length(' ~ array_expression ~ ')') }}
{%- endmacro -%}

{%- macro bigquery__has_null_arrays() -%}
    {{ return(false) }}
{%- endmacro -%}

{%- macro bigquery__array_contains(array_expression, literal) -%}
    {{ return(literal ~ ' in unnest(' ~ array_expression ~ ')') }}
{%- endmacro -%}

{%- macro bigquery__dot_product(embedding, coefficients) -%}
    {{ return(
        'if(array_length(' ~ embedding ~ ') = array_length(' ~ coefficients ~ '), (select sum(value * ' ~ coefficients
        ~ '[offset(place)]) from unnest(' ~ embedding ~ ') as value with offset as place), null)'
    ) }}
{%- endmacro -%}

{# An embedding is an array already. #}
{%- macro bigquery__embedding_array(embedding) -%}
    {{ return(embedding) }}
{%- endmacro -%}

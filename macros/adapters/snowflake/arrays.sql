{# Snowflake's arrays, of variants. #}

{%- macro snowflake__array_length(array_expression) -%}
    {{ return('array_size(' ~ array_expression ~ ')') }}
{%- endmacro -%}

{# The elements of an array are variants. #}
{%- macro snowflake__array_contains(array_expression, literal) -%}
    {{ return('array_contains(to_variant(' ~ literal ~ '), ' ~ array_expression ~ ')') }}
{%- endmacro -%}

{# As arrays, since a VECTOR's length would have to be known here; its elements, and those of an array, are variants. #}
{%- macro snowflake__dot_product(embedding, coefficients) -%}
    {%- set array = 'cast(' ~ embedding ~ ' as array)' -%}
    {{ return(
        'case when array_size(' ~ array ~ ') = array_size(' ~ coefficients ~ ') then reduce(arrays_zip(' ~ array ~ ', ' ~ coefficients
        ~ '), cast(0 as float), (total, pair) -> total + cast(pair:"$1" as float) * cast(pair:"$2" as float)) end'
    ) }}
{%- endmacro -%}

{# Of a VECTOR, whose length a client would have to know. #}
{%- macro snowflake__embedding_array(embedding) -%}
    {{ return('cast(' ~ embedding ~ ' as array)') }}
{%- endmacro -%}

{# Arrays of Databricks. #}

{# Not size(), which calls the size of NULL -1. #}
{%- macro databricks__array_length(array_expression) -%}
    {{ return('array_size(' ~ array_expression ~ ')') }}
{%- endmacro -%}

{%- macro databricks__array_contains(array_expression, literal) -%}
    {{ return('array_contains(' ~ array_expression ~ ', ' ~ literal ~ ')') }}
{%- endmacro -%}

{%- macro databricks__dot_product(embedding, coefficients) -%}
    {{ return(
        'case when array_size(' ~ embedding ~ ') = array_size(' ~ coefficients ~ ') then aggregate(zip_with(' ~ embedding ~ ', ' ~ coefficients
        ~ ', (value, coefficient) -> cast(value as double) * coefficient), cast(0 as double), (total, part) -> total + part) end'
    ) }}
{%- endmacro -%}

{%- macro databricks__embedding_array(embedding) -%}
    {{ return('cast(' ~ embedding ~ ' as array<float>)') }}
{%- endmacro -%}

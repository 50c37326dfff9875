{# Array columns: of a response format, and embeddings. #}

{%- macro array_length(array_expression) -%}
    {{ return(adapter.dispatch('array_length', 'dbt_llm')(array_expression=array_expression)) }}
{%- endmacro -%}

{%- macro default__array_length(array_expression) -%}
    {{ return(dbt_llm._refuse_adapter('array_length')) }}
{%- endmacro -%}

{%- macro has_null_arrays() -%}
    {{ return(adapter.dispatch('has_null_arrays', 'dbt_llm')()) }}
{%- endmacro -%}

{%- macro default__has_null_arrays() -%}
    {{ return(true) }}
{%- endmacro -%}

{%- macro array_contains(array_expression, literal) -%}
    {{ return(adapter.dispatch('array_contains', 'dbt_llm')(array_expression=array_expression, literal=literal)) }}
{%- endmacro -%}

{%- macro default__array_contains(array_expression, literal) -%}
    {{ return(dbt_llm._refuse_adapter('array_contains')) }}
{%- endmacro -%}

{%- macro dot_product(embedding, coefficients) -%}
    {{ return(adapter.dispatch('dot_product', 'dbt_llm')(embedding=embedding, coefficients=coefficients)) }}
{%- endmacro -%}

{%- macro default__dot_product(embedding, coefficients) -%}
    {{ return(dbt_llm._refuse_adapter('dot_product')) }}
{%- endmacro -%}

{%- macro embedding_array(embedding) -%}
    {{ return(adapter.dispatch('embedding_array', 'dbt_llm')(embedding=embedding)) }}
{%- endmacro -%}

{%- macro default__embedding_array(embedding) -%}
    {{ return(dbt_llm._refuse_adapter('embedding_array')) }}
{%- endmacro -%}

{# The column types that a response format becomes, and a JSON value in its type. #}

{%- macro column_type(schema) -%}
    {{ return(adapter.dispatch('column_type', 'dbt_llm')(schema=schema)) }}
{%- endmacro -%}

{%- macro default__column_type(schema) -%}
    {{ return(dbt_llm._refuse_adapter('column_type')) }}
{%- endmacro -%}

{%- macro integer_literal(value) -%}
    {{ return(adapter.dispatch('integer_literal', 'dbt_llm')(value=value)) }}
{%- endmacro -%}

{%- macro default__integer_literal(value) -%}
    {{ return(value | string) }}
{%- endmacro -%}

{%- macro integer_of(number_expression) -%}
    {{ return(adapter.dispatch('integer_of', 'dbt_llm')(number_expression=number_expression)) }}
{%- endmacro -%}

{%- macro default__integer_of(number_expression) -%}
    {{ return(dbt_llm._refuse_adapter('integer_of')) }}
{%- endmacro -%}

{%- macro typed_value(json_expression, schema) -%}
    {{ return(adapter.dispatch('typed_value', 'dbt_llm')(json_expression=json_expression, schema=schema)) }}
{%- endmacro -%}

{%- macro default__typed_value(json_expression, schema) -%}
    {{ return(dbt_llm._refuse_adapter('typed_value')) }}
{%- endmacro -%}

{%- macro type_name(type) -%}
    {{ return(adapter.dispatch('type_name', 'dbt_llm')(type=type)) }}
{%- endmacro -%}

{%- macro default__type_name(type) -%}
    {{ return(type) }}
{%- endmacro -%}

{%- macro extract_expression(text, schema, instruction) -%}
    {{ return(adapter.dispatch('extract_expression', 'dbt_llm')(text=text, schema=schema, instruction=instruction)) }}
{%- endmacro -%}

{%- macro default__extract_expression(text, schema, instruction) -%}
    {{ return(dbt_llm._refuse_function(
        'extract', "endpoint='…', a name from the var dbt_llm_endpoints; got none. Name the endpoint that shall answer."
    )) }}
{%- endmacro -%}

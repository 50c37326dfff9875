{%- macro classify_expression(text, labels, instruction) -%}
    {{ return(adapter.dispatch('classify_expression', 'dbt_llm')(text=text, labels=labels, instruction=instruction)) }}
{%- endmacro -%}

{%- macro default__classify_expression(text, labels, instruction) -%}
    {{ return(dbt_llm._refuse_function(
        'classify', "endpoint='…', a name from the var dbt_llm_endpoints; got none. Name the endpoint that shall answer."
    )) }}
{%- endmacro -%}

{# A call of the language model as one scalar expression, without cache or validation. #}

{%- macro complete_expression(prompt_expression, task) -%}
    {{ return(adapter.dispatch('complete_expression', 'dbt_llm')(prompt_expression=prompt_expression, task=task)) }}
{%- endmacro -%}

{%- macro default__complete_expression(prompt_expression, task) -%}
    {{ return(dbt_llm._refuse_adapter('complete_expression')) }}
{%- endmacro -%}

{%- macro classify_expression(text, labels, instruction) -%}
    {{ return(adapter.dispatch('classify_expression', 'dbt_llm')(text=text, labels=labels, instruction=instruction)) }}
{%- endmacro -%}

{%- macro default__classify_expression(text, labels, instruction) -%}
    {{ return(dbt_llm._refuse_function(
        'classify', "endpoint='…', a name from the var dbt_llm_endpoints; got none. Name the endpoint that shall answer."
    )) }}
{%- endmacro -%}

{%- macro extract_expression(text, schema, instruction) -%}
    {{ return(adapter.dispatch('extract_expression', 'dbt_llm')(text=text, schema=schema, instruction=instruction)) }}
{%- endmacro -%}

{%- macro default__extract_expression(text, schema, instruction) -%}
    {{ return(dbt_llm._refuse_function(
        'extract', "endpoint='…', a name from the var dbt_llm_endpoints; got none. Name the endpoint that shall answer."
    )) }}
{%- endmacro -%}

{%- macro embed_expression(text, endpoint) -%}
    {{ return(adapter.dispatch('embed_expression', 'dbt_llm')(text=text, endpoint=endpoint)) }}
{%- endmacro -%}

{%- macro default__embed_expression(text, endpoint) -%}
    {{ return(dbt_llm._refuse_function(
        'embed', "a target on Databricks, Snowflake or BigQuery; got '" ~ target.name ~ "'. Run it there."
    )) }}
{%- endmacro -%}

{%- macro embed_expression(text, endpoint) -%}
    {{ return(adapter.dispatch('embed_expression', 'dbt_llm')(text=text, endpoint=endpoint)) }}
{%- endmacro -%}

{%- macro default__embed_expression(text, endpoint) -%}
    {{ return(dbt_llm._refuse_function(
        'embed', "a target on Databricks, Snowflake or BigQuery; got '" ~ target.name ~ "'. Run it there."
    )) }}
{%- endmacro -%}

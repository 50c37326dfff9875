{# The default of what a warehouse may have a function of its own for. #}
{%- macro _refuse_without_endpoint(macro_name) -%}
    {%- if execute -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_llm.' ~ macro_name ~ ": the adapter '" ~ adapter.type() ~ "' has no function of its own for this. "
            ~ "Expected endpoint='…', a name from the var dbt_llm_endpoints; got none. Name the endpoint that shall answer."
        ) -%}
    {%- endif -%}
{%- endmacro -%}

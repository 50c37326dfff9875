{# The default of what only some adapters have a function for. `expected` ends the sentence that says what to do. #}
{%- macro _refuse_function(macro_name, expected) -%}
    {%- if execute -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_llm.' ~ macro_name ~ ": the adapter '" ~ adapter.type() ~ "' has no function of its own for this. Expected " ~ expected
        ) -%}
    {%- endif -%}
{%- endmacro -%}

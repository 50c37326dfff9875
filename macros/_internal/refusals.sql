{# The errors where an adapter does not answer. #}

{# The default of every adapter primitive. `parse` reaches no branch, so a project for another adapter still parses. #}
{%- macro _refuse_adapter(primitive) -%}
    {%- if execute -%}
        {%- do exceptions.raise_compiler_error(
            "dbt_llm." ~ primitive ~ ": the adapter '" ~ adapter.type() ~ "' does not answer this. "
            ~ "Expected an adapter with a folder in dbt_llm's macros/adapters; got '" ~ adapter.type() ~ "'. "
            ~ "Run on a target of a supported adapter, or add one by the recipe in CONTRIBUTING.md."
        ) -%}
    {%- endif -%}
{%- endmacro -%}

{# The default of what only some adapters have a function for. `expected` ends the sentence that says what to do. #}
{%- macro _refuse_function(macro_name, expected) -%}
    {%- if execute -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_llm.' ~ macro_name ~ ": the adapter '" ~ adapter.type() ~ "' has no function of its own for this. Expected " ~ expected
        ) -%}
    {%- endif -%}
{%- endmacro -%}

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

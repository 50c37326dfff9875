{# A warehouse's own function has its own model, which takes no parameters. #}
{%- macro _check_native(macro_name, model_parameters) -%}
    {%- if model_parameters and execute -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_llm.' ~ macro_name ~ ": the warehouse's own function takes no model_parameters. Expected an endpoint beside them; "
            ~ 'got none. Name one, or leave model_parameters out.'
        ) -%}
    {%- endif -%}
{%- endmacro -%}

{# The fault of a project without an endpoint for its target. #}
{%- macro _no_endpoint_fault(declared) -%}
    {{ return(
        "no endpoint for this target's adapter. Expected an entry '" ~ dbt_llm.adapter_name() ~ "' below one of "
        ~ dbt_llm._quoted_list(declared) ~ '; got none'
    ) }}
{%- endmacro -%}

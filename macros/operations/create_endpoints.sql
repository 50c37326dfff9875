{# Make what the warehouse needs before its endpoints can be called; on BigQuery, the remote models. #}
{%- macro create_endpoints() -%}
    {%- if execute -%}
        {%- set declared = var('dbt_llm_endpoints', {}) -%}
        {%- set names = dbt_llm._endpoints_of_target(declared) -%}
        {%- if not names -%}
            {%- do dbt_llm._raise_faults('create_endpoints', 'dbt_llm_endpoints', [dbt_llm._no_endpoint_fault(declared)]) -%}
        {%- endif -%}
        {%- for name in names -%}
            {%- set found = dbt_llm._endpoint(name) -%}
            {%- do dbt_llm._raise_faults('create_endpoints', name, found.faults) -%}
            {%- do log('dbt_llm.create_endpoints: ' ~ name ~ ': ' ~ dbt_llm.create_endpoint(endpoint=found.endpoint), info=true) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}

{# The names of the declared endpoints that have an entry for this target's adapter. #}
{%- macro _endpoints_of_target(declared) -%}
    {%- set names = [] -%}
    {%- for name in declared if declared[name] is mapping and dbt_llm.adapter_name() in declared[name] -%}
        {%- do names.append(name) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro -%}

{# The fault of a project without an endpoint for its target. #}
{%- macro _no_endpoint_fault(declared) -%}
    {{ return(
        dbt_llm._no_endpoint(none, declared, dbt_llm.adapter_name()) if not declared else
        "no endpoint for this target's adapter. Expected an entry '" ~ dbt_llm.adapter_name() ~ "' below one of "
        ~ dbt_llm._quoted_list(declared) ~ '; got none'
    ) }}
{%- endmacro -%}

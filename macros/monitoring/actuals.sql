{# The var dbt_llm_actuals as a mapping with its defaults: what a unit of the platform's bill costs. #}
{%- macro _actuals_options() -%}
    {%- set given = var('dbt_llm_actuals', false) -%}
    {%- set options = {'usd_per_ai_credit': 2.0, 'usd_per_tib': 6.25} -%}
    {%- if given is mapping -%}
        {%- do dbt_llm._raise_faults('actuals', 'dbt_llm_actuals', dbt_llm._unknown_keys('var dbt_llm_actuals', given, options.keys() | list)) -%}
        {%- do options.update(given) -%}
    {%- endif -%}
    {{ return(options) }}
{%- endmacro -%}

{#
    The var dbt_llm_actuals as a mapping with its defaults: what a unit of the platform's bill costs, and on BigQuery where the
    Cloud Billing export is.
#}
{%- macro _actuals_options() -%}
    {%- set given = var('dbt_llm_actuals', false) -%}
    {%- set options = {'usd_per_ai_credit': 2.0, 'usd_per_tib': 6.25, 'billing_export': none} -%}
    {%- if given is mapping -%}
        {%- set faults = dbt_llm._unknown_keys('var dbt_llm_actuals', given, options.keys() | list) -%}
        {%- set export = given.get('billing_export') -%}
        {%- set parts = export.split('.') if export is string else [] -%}
        {%- if export is not none and (parts | length < 3 or '' in parts or '`' in export) -%}
            {%- do faults.append(
                'var dbt_llm_actuals.billing_export: not the name of a table. Expected project.dataset.table, in no quotes; got '
                ~ dbt_llm._got(export)
            ) -%}
        {%- endif -%}
        {%- do dbt_llm._raise_faults('actuals', 'dbt_llm_actuals', faults) -%}
        {%- do options.update(given) -%}
    {%- endif -%}
    {{ return(options) }}
{%- endmacro -%}

{# The filter in front of a task keeps its recall, as far as its audit can tell. #}

{#
    It fails where the audit has missed more wanted rows than chance allows at that recall: by the exact binomial tail, so that a few rows say
    no more than they can. Without wanted rows in the audit nothing is known, and nothing fails.
#}
{% test filter_recall_at_least(model, recall=none, significance=0.05, runs=30) %}
    {%- set audit = ref('dbt_llm', 'dbt_llm__filter_audit') -%}
    {%- set filters = ref('dbt_llm', 'dbt_llm__filters') -%}
    {%- if not execute -%}
        {{ return('select 1') }}
    {%- endif -%}
    {%- set task = dbt_llm._tested_task('filter_recall_at_least') -%}
    {%- set faults = [] -%}
    {%- set recall = recall if recall is not none else (task.filter or {}).get('recall') -%}
    {%- for name, value in {'recall': recall, 'significance': significance}.items()
        if value is not number or value is boolean or value <= 0 or value >= 1 -%}
        {%- do faults.append(name ~ ': no such value. Expected a number above 0 and below 1, which for recall meta.llm.filter may state; got ' ~ dbt_llm._got(value)) -%}
    {%- endfor -%}
    {%- do faults.extend(dbt_llm._number_faults({'runs': {'value': runs, 'least': 1, 'whole': true}})) -%}
    {%- do dbt_llm._raise_faults('filter_recall_at_least', task.name, faults) -%}
    {%- set fallen = dbt_llm._fallen_recall(audit, filters, task.name, recall, significance, runs) -%}
    {%- do dbt_llm._log_failures('filter_recall_at_least', fallen) -%}
    {{ return(fallen) }}
{% endtest %}

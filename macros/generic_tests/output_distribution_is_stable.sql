{# The latest measured run of the task gives what the runs before it gave; a failing row is a statistic that moved. #}
{% test output_distribution_is_stable(model, column=none, sigma=2, error_sigma=none, min_runs=5, window=20) %}
    {%- if error_sigma is not none -%}
        {{ config(error_if='> 0 and max(sigmas) > ' ~ error_sigma) }}
    {%- endif -%}
    {%- if not execute -%}
        {{ return('select 1') }}
    {%- endif -%}
    {%- set task = dbt_llm._tested_task('output_distribution_is_stable') -%}
    {%- set faults = dbt_llm._number_faults({
        'sigma': {'value': sigma, 'least': 0},
        'error_sigma': {'value': sigma if error_sigma is none else error_sigma, 'least': sigma},
        'min_runs': {'value': min_runs, 'least': 2, 'whole': true},
        'window': {'value': window, 'least': min_runs, 'whole': true},
    }) -%}
    {%- if column is not none and column not in task.schema.properties -%}
        {%- do faults.append('column: not one of the response format. Expected one of ' ~ dbt_llm._quoted_list(task.schema.properties)
            ~ "; got '" ~ column ~ "'" ~ dbt_llm._did_you_mean(column, task.schema.properties)) -%}
    {%- endif -%}
    {%- do dbt_llm._raise_faults('output_distribution_is_stable', task.name, faults) -%}
    {%- set moved = dbt_llm._moved_statistics(
        task=task.name, column=column, sigma=sigma, min_runs=min_runs, window=window
    ) -%}
    {%- do dbt_llm._log_failures('output_distribution_is_stable', moved) -%}
    {{ return(moved) }}
{% endtest %}

{# What moved in the latest measured run of a task, by the rule of _drift_query; of one column, or of all and the rates. #}
{%- macro _moved_statistics(task, column, sigma, min_runs, window) -%}
select *
from (
    {{ dbt_llm._drift_query(
        dbt_llm._package_relation('dbt_llm__output_distribution'), sigma=sigma, min_runs=min_runs, window=window, task=task
    ) }}
) as llm_drift
where is_latest_run
    and outcome = 'moved'
    {%- if column is not none %}
    and column_name = {{ dbt_llm.string_literal(column) }}
    {%- endif %}
{%- endmacro -%}

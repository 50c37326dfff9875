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

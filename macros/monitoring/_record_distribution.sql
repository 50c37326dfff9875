{#
    A post-hook of a task: what the answers look like that came since the task was last measured, as rows of
    dbt_llm__output_distribution. A run without new answers adds none, and reads two small tables only. `response_format`:
    where it is not in the task's config.
#}
{%- macro _record_distribution(response_format=none) -%}
    {%- if dbt_llm._writes_rows() -%}
        {%- set runs = dbt_llm._unmeasured_runs() -%}
        {%- if runs -%}
insert into {{ dbt_llm._package_relation('dbt_llm__output_distribution') }} (
    task, invocation_id, prompt_version, model_name, column_name, statistic, label, value, standard_deviation,
    input_rows, distinct_requests, measured_at
)
{{ dbt_llm._distribution_query(
    relation=this,
    responses=dbt_llm._package_relation('dbt_llm__responses'),
    task_name=dbt_llm._task_name(),
    schema=dbt_llm._response_schema(response_format or dbt_llm.task_config().response_format),
    runs=runs,
) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro -%}

{# What a task's new answers look like, kept as rows of dbt_llm__output_distribution. #}

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
    schema=dbt_llm._response_schema(response_format or dbt_llm._response_format_of(dbt_llm.task_config())),
    runs=runs,
) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro -%}

{#
    The invocations that answered requests of this task since it was last measured (mostly this one, and before it those
    that failed after they had paid), with the language model and prompt version of this run; none where there are none.
    They are asked for apart, so that the insert reads nothing of the table into which other tasks insert at the same time.
#}
{%- macro _unmeasured_runs() -%}
    {%- set task = dbt_llm.string_literal(dbt_llm._task_name()) -%}
    {%- set found = run_query(
        'select distinct unmeasured.invocation_id, this_run.model_name, this_run.prompt_version from (select runs.invocation_id from '
        ~ dbt_llm._unmeasured_of_task(task) ~ ') as unmeasured'
        ~ ' inner join (select model_name, prompt_version from ' ~ dbt_llm._package_relation('dbt_llm__runs') ~ ' where task = ' ~ task
        ~ ' and invocation_id = ' ~ dbt_llm.string_literal(invocation_id) ~ ') as this_run on 1 = 1'
    ).rows -%}
    {%- if found | length == 0 -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set invocations = [] -%}
    {%- for row in found -%}
        {%- do invocations.append(row[0]) -%}
    {%- endfor -%}
    {{ return({
        'invocation': invocation_id, 'invocations': invocations, 'model_name': found[0][1], 'prompt_version': found[0][2],
    }) }}
{%- endmacro -%}

{# What follows `from` in a query of those runs; `task` is a literal. #}
{%- macro _unmeasured_of_task(task) -%}
    {{ return(
        dbt_llm._package_relation('dbt_llm__runs') ~ ' as runs'
        ~ ' left join (select max(measured_at) as measured_at from ' ~ dbt_llm._package_relation('dbt_llm__output_distribution') ~ ' where task = ' ~ task ~ ') as latest on 1 = 1'
        ~ ' where runs.task = ' ~ task ~ ' and runs.succeeded_requests + runs.failed_requests > 0'
        ~ ' and (latest.measured_at is null or runs.finished_at > latest.measured_at)'
    ) }}
{%- endmacro -%}

{#
    The statistics of the rows whose requests were answered in `runs` (as _unmeasured_runs gives them), one row each: a single
    scan of the task's table into one wide row, which is then turned to stand upright. (A CTE that several selects read may
    be computed as often.) Of a column that may be NULL, its share of the distinct requests is counted.
#}
{%- macro _distribution_query(relation, responses, task_name, schema, runs) -%}
    {%- set statistics = dbt_llm._statistics(schema) -%}
    {%- set counts = ['answered_rows', 'succeeded_rows', 'asked_rows'] -%}
    {%- set number = dbt_llm.column_type({'type': 'number'}) -%}
    {%- set no_text = 'cast(null as ' ~ dbt.type_string() ~ ')' -%}
    {%- set is_answered = 'llm_answered.answered_key is not null and task_rows.llm_prompt_version = ' ~ dbt_llm.string_literal(runs.prompt_version) -%}
with

llm_answered as (
    select distinct request_key as answered_key
    from {{ responses }}
    where task = {{ dbt_llm.string_literal(task_name) }}
        and model_name = {{ dbt_llm.string_literal(runs.model_name) }}
        and invocation_id in ({{ dbt_llm._literal_list(runs.invocations) }})
),

llm_rows as (
    select
        {%- for name in schema.properties %}
        task_rows.{{ dbt_llm.column_name(name) }},
        {%- endfor %}
        task_rows.llm_status,
        task_rows.llm_reason,
        task_rows.llm_request_key,
        {{ is_answered }}
            and task_rows.llm_status in ('succeeded', 'quarantined') as _dbt_llm_is_answered,
        {{ is_answered }}
            and task_rows.llm_status = 'succeeded' as _dbt_llm_is_succeeded
    from {{ relation }} as task_rows
    left join llm_answered
        on task_rows.llm_request_key = llm_answered.answered_key
),

llm_aggregated as (
    select
        count(case when _dbt_llm_is_answered then 1 end) as answered_rows,
        count(case when _dbt_llm_is_succeeded then 1 end) as succeeded_rows,
        count(case when llm_status != 'skipped' then 1 end) as asked_rows,
        count(distinct case when _dbt_llm_is_answered then llm_request_key end) as answered_requests,
        count(distinct case when _dbt_llm_is_succeeded then llm_request_key end) as succeeded_requests
        {%- for statistic in statistics %},
        {{ statistic.value }} as value_{{ statistic.n }}
        {%- if statistic.deviation %},
        {{ statistic.deviation }} as deviation_{{ statistic.n }}
        {%- endif %}
        {%- if statistic.rows not in counts %},
        {{ statistic.rows }} as rows_{{ statistic.n }}
        {%- endif %}
        {%- endfor %}
    from llm_rows
),

llm_listed as (
    {%- for statistic in statistics %}
    select
        {{ statistic.n }} as n,
        {{ dbt_llm.string_literal(statistic.column) if statistic.column else no_text }} as column_name,
        {{ dbt_llm.string_literal(statistic.name) }} as statistic,
        {{ dbt_llm.string_literal(statistic.label) if statistic.label is not none else no_text }} as label
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

llm_upright as (
    select
        llm_listed.*,
        answered_rows,
        answered_requests,
        succeeded_rows,
        succeeded_requests,
        case n
            {%- for statistic in statistics %}
            when {{ statistic.n }} then cast(value_{{ statistic.n }} as {{ number }})
            {%- endfor %}
        end as value,
        {%- if statistics | selectattr('deviation') | list %}
        case n
            {%- for statistic in statistics if statistic.deviation %}
            when {{ statistic.n }} then cast(deviation_{{ statistic.n }} as {{ number }})
            {%- endfor %}
        end as standard_deviation,
        {%- else %}
        cast(null as {{ number }}) as standard_deviation,
        {%- endif %}
        case n
            {%- for statistic in statistics if statistic.rows != 'succeeded_rows' %}
            when {{ statistic.n }} then {{ statistic.rows if statistic.rows in counts else 'rows_' ~ statistic.n }}
            {%- endfor %}
            else succeeded_rows
        end as input_rows
    from llm_aggregated
    cross join llm_listed
)

select
    {{ dbt_llm.string_literal(task_name) }} as task,
    {{ dbt_llm.string_literal(runs.invocation) }} as invocation_id,
    {{ dbt_llm.string_literal(runs.prompt_version) }} as prompt_version,
    {{ dbt_llm.string_literal(runs.model_name) }} as model_name,
    column_name,
    statistic,
    label,
    value,
    standard_deviation,
    input_rows,
    case
        when statistic = 'pending_rate' then input_rows
        when statistic in ('quarantine_rate', 'refusal_rate') then answered_requests
        else cast(ceil(succeeded_requests * cast(input_rows as {{ number }}) / nullif(succeeded_rows, 0)) as {{ dbt.type_bigint() }})
    end as distinct_requests,
    {{ dbt_llm.current_utc() }} as measured_at
from llm_upright
where answered_rows > 0
    and input_rows > 0
    and value is not null
{%- endmacro -%}

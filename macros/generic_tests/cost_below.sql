{# The task's latest run, the latest day on which it ran, or all its runs cost at most `usd`; the failing row says what they cost. #}
{% test cost_below(model, usd, per='run') %}
    {%- if not execute -%}
        {{ return('select 1') }}
    {%- endif -%}
    {%- set task = dbt_llm._tested_task('cost_below') -%}
    {%- set faults = dbt_llm._number_faults({'usd': {'value': usd, 'least': 0}}) -%}
    {%- if per not in ['run', 'day', 'total'] -%}
        {%- do faults.append("per: no such period. Expected one of 'run', 'day', 'total'; got " ~ dbt_llm._got(per)) -%}
    {%- endif -%}
    {%- do dbt_llm._raise_faults('cost_below', task.name, faults) -%}
    {%- set above = dbt_llm._runs_above_cost(task=task.name, usd=usd, per=per) -%}
    {%- do dbt_llm._log_failures('cost_below', above) -%}
    {{ return(above) }}
{% endtest %}

{#
    One row where the latest run of a task, its latest day (UTC) or all its runs cost more than `usd`, or where nobody
    can tell: an unknown cost is no low one. Where the platform tells no tokens, what its answers are estimated to cost counts.
#}
{%- macro _runs_above_cost(task, usd, per) -%}
    {%- set number = dbt_llm.column_type({'type': 'number'}) -%}
with

estimated as (
    select
        invocation_id,
        sum(estimated_cost_usd) as cost_usd
    from {{ dbt_llm._package_relation('dbt_llm__responses') }}
    where task = {{ dbt_llm.string_literal(task) }}
        and cost_usd is null
    group by invocation_id
),

task_runs as (
    select
        runs.invocation_id,
        cast(runs.started_at as date) as started_on,
        runs.calls,
        coalesce(runs.cost_usd, estimated.cost_usd) as cost_usd,
        case when runs.cost_usd is null and estimated.cost_usd > 0 then 1 else 0 end as is_estimated,
        row_number() over (order by runs.started_at desc, runs.invocation_id desc) as newest_first,
        max(cast(runs.started_at as date)) over () as latest_day
    from {{ dbt_llm._package_relation('dbt_llm__runs') }} as runs
    left join estimated on runs.invocation_id = estimated.invocation_id
    where runs.task = {{ dbt_llm.string_literal(task) }}
),

spent as (
    select
        count(*) as runs,
        count(case when calls > 0 and cost_usd is null then 1 end) as unpriced_runs,
        coalesce(max(is_estimated), 0) as is_estimated,
        coalesce(sum(cast(cost_usd as {{ number }})), 0) as cost_usd
    from task_runs
    {%- if per == 'run' %}
    where newest_first = 1
    {%- elif per == 'day' %}
    where started_on = latest_day
    {%- endif %}
)

select
    {{ dbt_llm.string_literal(task) }} as task,
    {{ dbt_llm.string_literal(per) }} as per,
    runs,
    unpriced_runs,
    cost_usd,
    cast({{ usd }} as {{ number }}) as max_usd,
    {{ dbt_llm.concat_text([
        dbt_llm.string_literal(task ~ ': ' ~ {'run': 'its latest run', 'day': 'its latest day', 'total': 'all its runs'}[per] ~ ' cost '),
        dbt_llm.text_of('round(cost_usd, 6)'),
        dbt_llm.string_literal(' USD, of which at most ' ~ usd ~ ' was to be paid'),
        "case when is_estimated = 1 then ' (partly an estimate, as the platform tells no tokens)' else '' end",
        "case when unpriced_runs > 0 then " ~ dbt_llm.concat_text([
            "', and what '", dbt_llm.text_of('unpriced_runs'), "' runs cost is not known, as the endpoint has no prices or no request was answered'"
        ]) ~ " else '' end",
    ]) }} as message
from spent
where cost_usd > {{ usd }}
    or unpriced_runs > 0
{%- endmacro -%}

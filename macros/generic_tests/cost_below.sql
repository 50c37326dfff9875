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
    can tell: an unknown cost is no low one.
#}
{%- macro _runs_above_cost(task, usd, per) -%}
    {%- set number = dbt_llm.column_type({'type': 'number'}) -%}
with

task_runs as (
    select
        invocation_id,
        cast(started_at as date) as started_on,
        calls,
        cost_usd,
        row_number() over (order by started_at desc, invocation_id desc) as newest_first,
        max(cast(started_at as date)) over () as latest_day
    from {{ dbt_llm._package_relation('dbt_llm__runs') }}
    where task = {{ dbt_llm.string_literal(task) }}
),

spent as (
    select
        count(*) as runs,
        count(case when calls > 0 and cost_usd is null then 1 end) as unpriced_runs,
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
        "case when unpriced_runs > 0 then " ~ dbt_llm.concat_text([
            "', and what '", dbt_llm.text_of('unpriced_runs'), "' runs cost is not known, as the endpoint has no prices'"
        ]) ~ " else '' end",
    ]) }} as message
from spent
where cost_usd > {{ usd }}
    or unpriced_runs > 0
{%- endmacro -%}

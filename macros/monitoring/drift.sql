{# Each measured statistic against the runs before it. #}

{#
    Each statistic of each measured run against the runs before it: docs/drift.md says how. A baseline is the runs since
    prompt version or language model last changed, of which the last `window` count. Runs that were all alike say nothing of
    how runs differ, and leave it to the noise of the answers; where no single value ever differed from another, no noise
    explains a mean that moved, whence the 40. Windows are sums only, as not every warehouse has the deviation
    of a sliding one; counts are doubles, as Snowflake divides whole numbers to six digits.
#}
{%- macro _drift_query(measured, sigma, min_runs, window, task=none) -%}
    {%- set in_order = 'partition by task order by measured_at, invocation_id' -%}
    {%- set before = 'over (partition by task, baseline_number, column_name, statistic, label order by run_number rows between '
        ~ window ~ ' preceding and 1 preceding)' -%}
    {%- set number = dbt_llm.column_type({'type': 'number'}) -%}
    {%- set is_share = "statistic in ('share', 'null_rate', 'quarantine_rate', 'refusal_rate', 'pending_rate')" -%}
    {%- set is_mean = "statistic in ('mean', 'mean_length')" -%}
with

llm_measured as (
    select *
    from {{ measured }}
    {%- if task %}
    where task = {{ dbt_llm.string_literal(task) }}
    {%- endif %}
),

llm_runs as (
    select
        task,
        invocation_id,
        prompt_version,
        model_name,
        min(measured_at) as measured_at
    from llm_measured
    group by task, invocation_id, prompt_version, model_name
),

llm_ordered as (
    select
        *,
        row_number() over ({{ in_order }}) as run_number,
        row_number() over (partition by task order by measured_at desc, invocation_id desc) as newest_first,
        lag(prompt_version) over ({{ in_order }}) as earlier_prompt_version,
        lag(model_name) over ({{ in_order }}) as earlier_model_name
    from llm_runs
),

llm_numbered as (
    select
        *,
        sum(case when prompt_version = earlier_prompt_version and model_name = earlier_model_name then 0 else 1 end)
            over (partition by task order by run_number rows between unbounded preceding and current row) as baseline_number
    from llm_ordered
),

llm_points as (
    select
        llm_measured.*,
        llm_numbered.run_number,
        llm_numbered.newest_first,
        llm_numbered.baseline_number,
        cast(llm_measured.distinct_requests as {{ number }}) as answers,
        case when {{ is_share }} then {{ dbt_llm._arcsine('value * distinct_requests', 'distinct_requests') }} else value end as point
    from llm_measured
    inner join llm_numbered
        on llm_measured.task = llm_numbered.task
        and llm_measured.invocation_id = llm_numbered.invocation_id
),

llm_summed as (
    select
        *,
        count(*) {{ before }} as baseline_runs,
        cast(count(*) {{ before }} as {{ number }}) as runs,
        sum(answers) {{ before }} as baseline_answers,
        sum(value * answers) {{ before }} as value_sum,
        min(value) {{ before }} as lowest_value,
        max(value) {{ before }} as highest_value,
        sum(point) {{ before }} as point_sum,
        sum(point * point) {{ before }} as point_square_sum,
        sum(standard_deviation * standard_deviation * answers) {{ before }} as square_sum
    from llm_points
),

llm_baselines as (
    select
        *,
        value_sum / nullif(baseline_answers, 0) as baseline_value,
        point_sum / nullif(runs, 0) as baseline_point,
        case
            when runs > 1 then sqrt(greatest(point_square_sum - point_sum * point_sum / runs, 0) / (runs - 1))
        end as point_deviation,
        sqrt(
            (coalesce(square_sum, 0) + coalesce(standard_deviation * standard_deviation * answers, 0))
            / nullif(baseline_answers + answers, 0)
        ) as single_deviation,
        baseline_runs >= {{ min_runs }}
            and ({{ is_share }} or ({{ is_mean }} and distinct_requests >= {{ dbt_llm._fewest_requests() }})) as is_compared,
        value != lowest_value or value != highest_value as is_changed
    from llm_summed
),

llm_distances as (
    select
        *,
        case
            when not is_compared or not is_changed then 0
            when {{ is_share }} then {{ dbt_llm._share_distance() }}
            when single_deviation > 0 then {{ dbt_llm._mean_distance() }}
            else 40
        end as noise_distance,
        case
            when not is_compared or not is_changed then 0
            when point_deviation > 0 then {{ dbt_llm._normal_deviate(
                'abs(point - baseline_point) / (point_deviation * sqrt(1 + 1 / runs))', 'runs - 1'
            ) }}
        end as run_distance,
        count(case when is_compared and is_changed then 1 end) over (partition by task, run_number) as compared_statistics
    from llm_baselines
),

llm_scored as (
    select
        *,
        case when value < baseline_value then -1 else 1 end * least(noise_distance, coalesce(run_distance, noise_distance)) as z
    from llm_distances
),

llm_tails as (
    select
        *,
        sqrt(-2 * least({{ dbt_llm._tail_logarithm('abs(z)') }} + ln(greatest(compared_statistics, 1)), ln(0.5))) as tail_root
    from llm_scored
),

llm_judged as (
    select
        *,
        {{ dbt_llm._deviations_of_tail('tail_root') }} as sigmas
    from llm_tails
),

llm_outcomes as (
    select
        task,
        invocation_id,
        prompt_version,
        model_name,
        column_name,
        statistic,
        label,
        case
            when baseline_runs < {{ min_runs }} then 'too_few_runs'
            when not is_compared then 'not_compared'
            when sigmas > {{ sigma }} then 'moved'
            else 'stable'
        end as outcome,
        baseline_runs,
        baseline_value,
        value,
        input_rows,
        distinct_requests,
        compared_statistics,
        case when is_compared then z end as z,
        case when is_compared then sigmas end as sigmas,
        {{ dbt_llm._drift_sentence(is_share) }} as message,
        newest_first = 1 as is_latest_run,
        measured_at
    from llm_judged
)

select *
from llm_outcomes
union all
select
    task,
    invocation_id,
    prompt_version,
    model_name,
    cast(null as {{ dbt.type_string() }}) as column_name,
    cast(null as {{ dbt.type_string() }}) as statistic,
    cast(null as {{ dbt.type_string() }}) as label,
    'new_baseline' as outcome,
    0 as baseline_runs,
    null as baseline_value,
    null as value,
    null as input_rows,
    null as distinct_requests,
    0 as compared_statistics,
    null as z,
    null as sigmas,
    case
        when earlier_prompt_version is null then 'the first run that was measured'
        else {{ dbt_llm.concat_text([
            "'prompt version '", 'earlier_prompt_version', "' of '", 'earlier_model_name', "' became '", 'prompt_version', "' of '", 'model_name',
        ]) }}
    end as message,
    newest_first = 1 as is_latest_run,
    measured_at
from llm_numbered
where earlier_prompt_version is null
    or prompt_version != earlier_prompt_version
    or model_name != earlier_model_name
{%- endmacro -%}

{# What moved from what to what, as SQL text: `has_pii: share of 'true' from 12 % to 47 % …`. #}
{%- macro _drift_sentence(is_share) -%}
    {%- set parts = [
        "coalesce(" ~ dbt_llm.concat_text(['column_name', "': '"]) ~ ", '')",
        "replace(statistic, '_', ' ')",
        "coalesce(" ~ dbt_llm.concat_text(["' of '", 'label']) ~ ", '')",
        "' from '",
        dbt_llm._shown_value('baseline_value', is_share),
        "' to '",
        dbt_llm._shown_value('value', is_share),
        "' ('",
        dbt_llm.text_of('round(abs(z), 1)'),
        "' standard deviations, '",
        dbt_llm.text_of('round(sigmas, 1)'),
        "' as one of '",
        dbt_llm.text_of('compared_statistics'),
        "' statistics; '",
        dbt_llm.text_of('distinct_requests'),
        "' answers against the '",
        dbt_llm.text_of('baseline_runs'),
        "' runs before)'",
    ] -%}
    {{ return(dbt_llm.concat_text(parts)) }}
{%- endmacro -%}

{# A value as a reader wants it: a share in per cent. #}
{%- macro _shown_value(value, is_share) -%}
    {{ return(
        'case when ' ~ is_share ~ ' then ' ~ dbt_llm.concat_text([dbt_llm.text_of('round(100 * ' ~ value ~ ', 1)'), "' %'"])
        ~ ' else ' ~ dbt_llm.text_of('round(' ~ value ~ ', 3)') ~ ' end'
    ) }}
{%- endmacro -%}

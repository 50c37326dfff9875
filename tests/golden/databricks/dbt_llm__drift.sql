with

llm_measured as (
    select *
    from `golden`.`main`.`dbt_llm__output_distribution`
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
        row_number() over (partition by task order by measured_at, invocation_id) as run_number,
        row_number() over (partition by task order by measured_at desc, invocation_id desc) as newest_first,
        lag(prompt_version) over (partition by task order by measured_at, invocation_id) as earlier_prompt_version,
        lag(model_name) over (partition by task order by measured_at, invocation_id) as earlier_model_name
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
        cast(llm_measured.distinct_requests as double) as answers,
        case when statistic in ('share', 'null_rate', 'quarantine_rate', 'refusal_rate', 'pending_rate') then asin(sqrt((value * distinct_requests + 0.375) / (distinct_requests + 0.75))) else value end as point
    from llm_measured
    inner join llm_numbered
        on llm_measured.task = llm_numbered.task
        and llm_measured.invocation_id = llm_numbered.invocation_id
),

llm_summed as (
    select
        *,
        count(*) over (partition by task, baseline_number, column_name, statistic, label order by run_number rows between 20 preceding and 1 preceding) as baseline_runs,
        cast(count(*) over (partition by task, baseline_number, column_name, statistic, label order by run_number rows between 20 preceding and 1 preceding) as double) as runs,
        sum(answers) over (partition by task, baseline_number, column_name, statistic, label order by run_number rows between 20 preceding and 1 preceding) as baseline_answers,
        sum(value * answers) over (partition by task, baseline_number, column_name, statistic, label order by run_number rows between 20 preceding and 1 preceding) as value_sum,
        min(value) over (partition by task, baseline_number, column_name, statistic, label order by run_number rows between 20 preceding and 1 preceding) as lowest_value,
        max(value) over (partition by task, baseline_number, column_name, statistic, label order by run_number rows between 20 preceding and 1 preceding) as highest_value,
        sum(point) over (partition by task, baseline_number, column_name, statistic, label order by run_number rows between 20 preceding and 1 preceding) as point_sum,
        sum(point * point) over (partition by task, baseline_number, column_name, statistic, label order by run_number rows between 20 preceding and 1 preceding) as point_square_sum,
        sum(standard_deviation * standard_deviation * answers) over (partition by task, baseline_number, column_name, statistic, label order by run_number rows between 20 preceding and 1 preceding) as square_sum
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
        baseline_runs >= 5
            and (statistic in ('share', 'null_rate', 'quarantine_rate', 'refusal_rate', 'pending_rate') or (statistic in ('mean', 'mean_length') and distinct_requests >= 30)) as is_compared,
        value != lowest_value or value != highest_value as is_changed
    from llm_summed
),

llm_distances as (
    select
        *,
        case
            when not is_compared or not is_changed then 0
            when statistic in ('share', 'null_rate', 'quarantine_rate', 'refusal_rate', 'pending_rate') then abs(asin(sqrt((case when value > baseline_value then greatest(value * answers - 0.5, baseline_value * answers) else least(value * answers + 0.5, baseline_value * answers) end + 0.375) / (answers + 0.75)))
                - asin(sqrt((baseline_value * baseline_answers + 0.375) / (baseline_answers + 0.75))))
                / sqrt(1 / (4 * answers + 2) + 1 / (4 * baseline_answers + 2))
            when single_deviation > 0 then (8.0 * (greatest(baseline_answers + answers - runs - 1, 1)) + 1) / (8.0 * (greatest(baseline_answers + answers - runs - 1, 1)) + 3) * sqrt((greatest(baseline_answers + answers - runs - 1, 1)) * ln(1 + power(abs(value - baseline_value) / (single_deviation * sqrt(1 / answers + 1 / baseline_answers)), 2) / (greatest(baseline_answers + answers - runs - 1, 1))))
            else 40
        end as noise_distance,
        case
            when not is_compared or not is_changed then 0
            when point_deviation > 0 then (8.0 * (runs - 1) + 1) / (8.0 * (runs - 1) + 3) * sqrt((runs - 1) * ln(1 + power(abs(point - baseline_point) / (point_deviation * sqrt(1 + 1 / runs)), 2) / (runs - 1)))
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
        sqrt(-2 * least(-0.918938533 - power(abs(z), 2) / 2 - ln(0.661 * abs(z) + 0.339 * sqrt(power(abs(z), 2) + 5.51)) + ln(greatest(compared_statistics, 1)), ln(0.5))) as tail_root
    from llm_scored
),

llm_judged as (
    select
        *,
        greatest(
            tail_root - (2.515517 + 0.802853 * tail_root + 0.010328 * power(tail_root, 2))
            / (1 + 1.432788 * tail_root + 0.189269 * power(tail_root, 2) + 0.001308 * power(tail_root, 3)),
            0
        ) as sigmas
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
            when baseline_runs < 5 then 'too_few_runs'
            when not is_compared then 'not_compared'
            when sigmas > 2 then 'moved'
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
        coalesce(column_name
            || ': ', '')
            || replace(statistic, '_', ' ')
            || coalesce(' of '
            || label, '')
            || ' from '
            || case when statistic in ('share', 'null_rate', 'quarantine_rate', 'refusal_rate', 'pending_rate') then cast(round(100 * baseline_value, 1) as string)
            || ' %' else cast(round(baseline_value, 3) as string) end
            || ' to '
            || case when statistic in ('share', 'null_rate', 'quarantine_rate', 'refusal_rate', 'pending_rate') then cast(round(100 * value, 1) as string)
            || ' %' else cast(round(value, 3) as string) end
            || ' ('
            || cast(round(abs(z), 1) as string)
            || ' standard deviations, '
            || cast(round(sigmas, 1) as string)
            || ' as one of '
            || cast(compared_statistics as string)
            || ' statistics; '
            || cast(distinct_requests as string)
            || ' answers against the '
            || cast(baseline_runs as string)
            || ' runs before)' as message,
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
    cast(null as string) as column_name,
    cast(null as string) as statistic,
    cast(null as string) as label,
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
        else 'prompt version '
            || earlier_prompt_version
            || ' of '
            || earlier_model_name
            || ' became '
            || prompt_version
            || ' of '
            || model_name
    end as message,
    newest_first = 1 as is_latest_run,
    measured_at
from llm_numbered
where earlier_prompt_version is null
    or prompt_version != earlier_prompt_version
    or model_name != earlier_model_name

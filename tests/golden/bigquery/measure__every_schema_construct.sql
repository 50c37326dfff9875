with

llm_answered as (
    select distinct request_key as answered_key
    from `golden`.`main`.`dbt_llm__responses`
    where task = 'enrich__every_schema_construct'
        and model_name = 'm'
        and invocation_id in ('first', 'second')
),

llm_rows as (
    select
        task_rows.`kind`,
        task_rows.`count`,
        task_rows.`version`,
        task_rows.`score`,
        task_rows.`level`,
        task_rows.`due_on`,
        task_rows.`seen_at`,
        task_rows.`address`,
        task_rows.`lines`,
        task_rows.llm_status,
        task_rows.llm_reason,
        task_rows.llm_request_key,
        llm_answered.answered_key is not null and task_rows.llm_prompt_version = '0123456789ab'
            and task_rows.llm_status in ('succeeded', 'quarantined') as _dbt_llm_is_answered,
        llm_answered.answered_key is not null and task_rows.llm_prompt_version = '0123456789ab'
            and task_rows.llm_status = 'succeeded' as _dbt_llm_is_succeeded
    from `golden`.`main`.`enrich__every_schema_construct` as task_rows
    left join llm_answered
        on task_rows.llm_request_key = llm_answered.answered_key
),

llm_aggregated as (
    select
        count(case when _dbt_llm_is_answered then 1 end) as answered_rows,
        count(case when _dbt_llm_is_succeeded then 1 end) as succeeded_rows,
        count(case when llm_status != 'skipped' then 1 end) as asked_rows,
        count(distinct case when _dbt_llm_is_answered then llm_request_key end) as answered_requests,
        count(distinct case when _dbt_llm_is_succeeded then llm_request_key end) as succeeded_requests,
        avg(case when _dbt_llm_is_succeeded then cast(char_length(`kind`) as float64) end) as value_1,
        stddev(case when _dbt_llm_is_succeeded then cast(char_length(`kind`) as float64) end) as deviation_1,
        count(case when _dbt_llm_is_succeeded then cast(char_length(`kind`) as float64) end) as rows_1,
        avg(case when _dbt_llm_is_succeeded then case when `kind` is null then cast(1 as float64) else 0 end end) as value_2,
        avg(case when _dbt_llm_is_succeeded then cast(`count` as float64) end) as value_3,
        stddev(case when _dbt_llm_is_succeeded then cast(`count` as float64) end) as deviation_3,
        count(case when _dbt_llm_is_succeeded then cast(`count` as float64) end) as rows_3,
        approx_quantiles(case when _dbt_llm_is_succeeded then cast(`count` as float64) end, 100)[offset(10)] as value_4,
        count(case when _dbt_llm_is_succeeded then cast(`count` as float64) end) as rows_4,
        approx_quantiles(case when _dbt_llm_is_succeeded then cast(`count` as float64) end, 100)[offset(50)] as value_5,
        count(case when _dbt_llm_is_succeeded then cast(`count` as float64) end) as rows_5,
        approx_quantiles(case when _dbt_llm_is_succeeded then cast(`count` as float64) end, 100)[offset(90)] as value_6,
        count(case when _dbt_llm_is_succeeded then cast(`count` as float64) end) as rows_6,
        avg(case when _dbt_llm_is_succeeded then case when `count` is null then cast(1 as float64) else 0 end end) as value_7,
        avg(case when _dbt_llm_is_succeeded then cast(`version` as float64) end) as value_8,
        stddev(case when _dbt_llm_is_succeeded then cast(`version` as float64) end) as deviation_8,
        count(case when _dbt_llm_is_succeeded then cast(`version` as float64) end) as rows_8,
        approx_quantiles(case when _dbt_llm_is_succeeded then cast(`version` as float64) end, 100)[offset(10)] as value_9,
        count(case when _dbt_llm_is_succeeded then cast(`version` as float64) end) as rows_9,
        approx_quantiles(case when _dbt_llm_is_succeeded then cast(`version` as float64) end, 100)[offset(50)] as value_10,
        count(case when _dbt_llm_is_succeeded then cast(`version` as float64) end) as rows_10,
        approx_quantiles(case when _dbt_llm_is_succeeded then cast(`version` as float64) end, 100)[offset(90)] as value_11,
        count(case when _dbt_llm_is_succeeded then cast(`version` as float64) end) as rows_11,
        avg(case when _dbt_llm_is_succeeded then case when `version` is null then cast(1 as float64) else 0 end end) as value_12,
        avg(case when _dbt_llm_is_succeeded then cast(`score` as float64) end) as value_13,
        stddev(case when _dbt_llm_is_succeeded then cast(`score` as float64) end) as deviation_13,
        count(case when _dbt_llm_is_succeeded then cast(`score` as float64) end) as rows_13,
        approx_quantiles(case when _dbt_llm_is_succeeded then cast(`score` as float64) end, 100)[offset(10)] as value_14,
        count(case when _dbt_llm_is_succeeded then cast(`score` as float64) end) as rows_14,
        approx_quantiles(case when _dbt_llm_is_succeeded then cast(`score` as float64) end, 100)[offset(50)] as value_15,
        count(case when _dbt_llm_is_succeeded then cast(`score` as float64) end) as rows_15,
        approx_quantiles(case when _dbt_llm_is_succeeded then cast(`score` as float64) end, 100)[offset(90)] as value_16,
        count(case when _dbt_llm_is_succeeded then cast(`score` as float64) end) as rows_16,
        avg(case when _dbt_llm_is_succeeded then case when `score` is null then cast(1 as float64) else 0 end end) as value_17,
        avg(case when _dbt_llm_is_succeeded then case when `level` = cast(1 as int64) then cast(1 as float64) else 0 end end) as value_18,
        avg(case when _dbt_llm_is_succeeded then case when `level` = cast(2 as int64) then cast(1 as float64) else 0 end end) as value_19,
        avg(case when _dbt_llm_is_succeeded then case when `level` = cast(3 as int64) then cast(1 as float64) else 0 end end) as value_20,
        avg(case when _dbt_llm_is_succeeded then case when `level` is null then cast(1 as float64) else 0 end end) as value_21,
        avg(case when _dbt_llm_is_succeeded then case when `due_on` is null then cast(1 as float64) else 0 end end) as value_22,
        avg(case when _dbt_llm_is_succeeded then case when `seen_at` is null then cast(1 as float64) else 0 end end) as value_23,
        avg(case when _dbt_llm_is_succeeded then case when `address` is null then cast(1 as float64) else 0 end end) as value_24,
        avg(case when _dbt_llm_is_succeeded then cast(array_length(`lines`) as float64) end) as value_25,
        stddev(case when _dbt_llm_is_succeeded then cast(array_length(`lines`) as float64) end) as deviation_25,
        count(case when _dbt_llm_is_succeeded then cast(array_length(`lines`) as float64) end) as rows_25,
        avg(case when _dbt_llm_is_succeeded then case when `lines` is null then cast(1 as float64) else 0 end end) as value_26,
        avg(case when _dbt_llm_is_answered then case when llm_status = 'quarantined' then cast(1 as float64) else 0 end end) as value_27,
        avg(case when _dbt_llm_is_answered then case when llm_reason = 'refused' then cast(1 as float64) else 0 end end) as value_28,
        avg(case when llm_status != 'skipped' then case when llm_status = 'pending' then cast(1 as float64) else 0 end end) as value_29
    from llm_rows
),

llm_listed as (
    select
        1 as n,
        'kind' as column_name,
        'mean_length' as statistic,
        cast(null as string) as label
    union all
    select
        2 as n,
        'kind' as column_name,
        'null_rate' as statistic,
        cast(null as string) as label
    union all
    select
        3 as n,
        'count' as column_name,
        'mean' as statistic,
        cast(null as string) as label
    union all
    select
        4 as n,
        'count' as column_name,
        'p10' as statistic,
        cast(null as string) as label
    union all
    select
        5 as n,
        'count' as column_name,
        'p50' as statistic,
        cast(null as string) as label
    union all
    select
        6 as n,
        'count' as column_name,
        'p90' as statistic,
        cast(null as string) as label
    union all
    select
        7 as n,
        'count' as column_name,
        'null_rate' as statistic,
        cast(null as string) as label
    union all
    select
        8 as n,
        'version' as column_name,
        'mean' as statistic,
        cast(null as string) as label
    union all
    select
        9 as n,
        'version' as column_name,
        'p10' as statistic,
        cast(null as string) as label
    union all
    select
        10 as n,
        'version' as column_name,
        'p50' as statistic,
        cast(null as string) as label
    union all
    select
        11 as n,
        'version' as column_name,
        'p90' as statistic,
        cast(null as string) as label
    union all
    select
        12 as n,
        'version' as column_name,
        'null_rate' as statistic,
        cast(null as string) as label
    union all
    select
        13 as n,
        'score' as column_name,
        'mean' as statistic,
        cast(null as string) as label
    union all
    select
        14 as n,
        'score' as column_name,
        'p10' as statistic,
        cast(null as string) as label
    union all
    select
        15 as n,
        'score' as column_name,
        'p50' as statistic,
        cast(null as string) as label
    union all
    select
        16 as n,
        'score' as column_name,
        'p90' as statistic,
        cast(null as string) as label
    union all
    select
        17 as n,
        'score' as column_name,
        'null_rate' as statistic,
        cast(null as string) as label
    union all
    select
        18 as n,
        'level' as column_name,
        'share' as statistic,
        '1' as label
    union all
    select
        19 as n,
        'level' as column_name,
        'share' as statistic,
        '2' as label
    union all
    select
        20 as n,
        'level' as column_name,
        'share' as statistic,
        '3' as label
    union all
    select
        21 as n,
        'level' as column_name,
        'null_rate' as statistic,
        cast(null as string) as label
    union all
    select
        22 as n,
        'due_on' as column_name,
        'null_rate' as statistic,
        cast(null as string) as label
    union all
    select
        23 as n,
        'seen_at' as column_name,
        'null_rate' as statistic,
        cast(null as string) as label
    union all
    select
        24 as n,
        'address' as column_name,
        'null_rate' as statistic,
        cast(null as string) as label
    union all
    select
        25 as n,
        'lines' as column_name,
        'mean_length' as statistic,
        cast(null as string) as label
    union all
    select
        26 as n,
        'lines' as column_name,
        'null_rate' as statistic,
        cast(null as string) as label
    union all
    select
        27 as n,
        cast(null as string) as column_name,
        'quarantine_rate' as statistic,
        cast(null as string) as label
    union all
    select
        28 as n,
        cast(null as string) as column_name,
        'refusal_rate' as statistic,
        cast(null as string) as label
    union all
    select
        29 as n,
        cast(null as string) as column_name,
        'pending_rate' as statistic,
        cast(null as string) as label
),

llm_upright as (
    select
        llm_listed.*,
        answered_rows,
        answered_requests,
        succeeded_rows,
        succeeded_requests,
        case n
            when 1 then cast(value_1 as float64)
            when 2 then cast(value_2 as float64)
            when 3 then cast(value_3 as float64)
            when 4 then cast(value_4 as float64)
            when 5 then cast(value_5 as float64)
            when 6 then cast(value_6 as float64)
            when 7 then cast(value_7 as float64)
            when 8 then cast(value_8 as float64)
            when 9 then cast(value_9 as float64)
            when 10 then cast(value_10 as float64)
            when 11 then cast(value_11 as float64)
            when 12 then cast(value_12 as float64)
            when 13 then cast(value_13 as float64)
            when 14 then cast(value_14 as float64)
            when 15 then cast(value_15 as float64)
            when 16 then cast(value_16 as float64)
            when 17 then cast(value_17 as float64)
            when 18 then cast(value_18 as float64)
            when 19 then cast(value_19 as float64)
            when 20 then cast(value_20 as float64)
            when 21 then cast(value_21 as float64)
            when 22 then cast(value_22 as float64)
            when 23 then cast(value_23 as float64)
            when 24 then cast(value_24 as float64)
            when 25 then cast(value_25 as float64)
            when 26 then cast(value_26 as float64)
            when 27 then cast(value_27 as float64)
            when 28 then cast(value_28 as float64)
            when 29 then cast(value_29 as float64)
        end as value,
        case n
            when 1 then cast(deviation_1 as float64)
            when 3 then cast(deviation_3 as float64)
            when 8 then cast(deviation_8 as float64)
            when 13 then cast(deviation_13 as float64)
            when 25 then cast(deviation_25 as float64)
        end as standard_deviation,
        case n
            when 1 then rows_1
            when 3 then rows_3
            when 4 then rows_4
            when 5 then rows_5
            when 6 then rows_6
            when 8 then rows_8
            when 9 then rows_9
            when 10 then rows_10
            when 11 then rows_11
            when 13 then rows_13
            when 14 then rows_14
            when 15 then rows_15
            when 16 then rows_16
            when 25 then rows_25
            when 27 then answered_rows
            when 28 then answered_rows
            when 29 then asked_rows
            else succeeded_rows
        end as input_rows
    from llm_aggregated
    cross join llm_listed
)

select
    'enrich__every_schema_construct' as task,
    'second' as invocation_id,
    '0123456789ab' as prompt_version,
    'm' as model_name,
    column_name,
    statistic,
    label,
    value,
    standard_deviation,
    input_rows,
    case
        when statistic = 'pending_rate' then input_rows
        when statistic in ('quarantine_rate', 'refusal_rate') then answered_requests
        else cast(ceil(succeeded_requests * cast(input_rows as float64) / nullif(succeeded_rows, 0)) as bigint)
    end as distinct_requests,
    current_timestamp() as measured_at
from llm_upright
where answered_rows > 0
    and input_rows > 0
    and value is not null

with

llm_answered as (
    select distinct request_key as answered_key
    from `golden`.`main`.`dbt_llm__responses`
    where task = 'enrich__table'
        and model_name = 'm'
        and invocation_id in ('first', 'second')
),

llm_rows as (
    select
        task_rows.`has_pii`,
        task_rows.`pii_types`,
        task_rows.`confidence`,
        task_rows.llm_status,
        task_rows.llm_reason,
        task_rows.llm_request_key,
        llm_answered.answered_key is not null and task_rows.llm_prompt_version = '0123456789ab'
            and task_rows.llm_status in ('succeeded', 'quarantined') as _dbt_llm_is_answered,
        llm_answered.answered_key is not null and task_rows.llm_prompt_version = '0123456789ab'
            and task_rows.llm_status = 'succeeded' as _dbt_llm_is_succeeded
    from `golden`.`main`.`enrich__table` as task_rows
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
        avg(case when _dbt_llm_is_succeeded then case when `has_pii` = true then cast(1 as float64) else 0 end end) as value_1,
        avg(case when _dbt_llm_is_succeeded then case when `has_pii` is null then cast(1 as float64) else 0 end end) as value_2,
        avg(case when _dbt_llm_is_succeeded then case when 'email' in unnest(`pii_types`) then cast(1 as float64) else 0 end end) as value_3,
        avg(case when _dbt_llm_is_succeeded then case when 'phone' in unnest(`pii_types`) then cast(1 as float64) else 0 end end) as value_4,
        avg(case when _dbt_llm_is_succeeded then case when 'ssn' in unnest(`pii_types`) then cast(1 as float64) else 0 end end) as value_5,
        avg(case when _dbt_llm_is_succeeded then case when 'card' in unnest(`pii_types`) then cast(1 as float64) else 0 end end) as value_6,
        avg(case when _dbt_llm_is_succeeded then case when 'address' in unnest(`pii_types`) then cast(1 as float64) else 0 end end) as value_7,
        avg(case when _dbt_llm_is_succeeded then cast(array_length(`pii_types`) as float64) end) as value_8,
        stddev(case when _dbt_llm_is_succeeded then cast(array_length(`pii_types`) as float64) end) as deviation_8,
        count(case when _dbt_llm_is_succeeded then cast(array_length(`pii_types`) as float64) end) as rows_8,
        avg(case when _dbt_llm_is_succeeded then case when `pii_types` is null then cast(1 as float64) else 0 end end) as value_9,
        avg(case when _dbt_llm_is_succeeded then cast(`confidence` as float64) end) as value_10,
        stddev(case when _dbt_llm_is_succeeded then cast(`confidence` as float64) end) as deviation_10,
        count(case when _dbt_llm_is_succeeded then cast(`confidence` as float64) end) as rows_10,
        approx_quantiles(case when _dbt_llm_is_succeeded then cast(`confidence` as float64) end, 100)[offset(10)] as value_11,
        count(case when _dbt_llm_is_succeeded then cast(`confidence` as float64) end) as rows_11,
        approx_quantiles(case when _dbt_llm_is_succeeded then cast(`confidence` as float64) end, 100)[offset(50)] as value_12,
        count(case when _dbt_llm_is_succeeded then cast(`confidence` as float64) end) as rows_12,
        approx_quantiles(case when _dbt_llm_is_succeeded then cast(`confidence` as float64) end, 100)[offset(90)] as value_13,
        count(case when _dbt_llm_is_succeeded then cast(`confidence` as float64) end) as rows_13,
        avg(case when _dbt_llm_is_succeeded then case when `confidence` is null then cast(1 as float64) else 0 end end) as value_14,
        avg(case when _dbt_llm_is_answered then case when llm_status = 'quarantined' then cast(1 as float64) else 0 end end) as value_15,
        avg(case when _dbt_llm_is_answered then case when llm_reason = 'refused' then cast(1 as float64) else 0 end end) as value_16,
        avg(case when llm_status != 'skipped' then case when llm_status = 'pending' then cast(1 as float64) else 0 end end) as value_17
    from llm_rows
),

llm_listed as (
    select
        1 as n,
        'has_pii' as column_name,
        'share' as statistic,
        'true' as label
    union all
    select
        2 as n,
        'has_pii' as column_name,
        'null_rate' as statistic,
        cast(null as string) as label
    union all
    select
        3 as n,
        'pii_types' as column_name,
        'share' as statistic,
        'email' as label
    union all
    select
        4 as n,
        'pii_types' as column_name,
        'share' as statistic,
        'phone' as label
    union all
    select
        5 as n,
        'pii_types' as column_name,
        'share' as statistic,
        'ssn' as label
    union all
    select
        6 as n,
        'pii_types' as column_name,
        'share' as statistic,
        'card' as label
    union all
    select
        7 as n,
        'pii_types' as column_name,
        'share' as statistic,
        'address' as label
    union all
    select
        8 as n,
        'pii_types' as column_name,
        'mean_length' as statistic,
        cast(null as string) as label
    union all
    select
        9 as n,
        'pii_types' as column_name,
        'null_rate' as statistic,
        cast(null as string) as label
    union all
    select
        10 as n,
        'confidence' as column_name,
        'mean' as statistic,
        cast(null as string) as label
    union all
    select
        11 as n,
        'confidence' as column_name,
        'p10' as statistic,
        cast(null as string) as label
    union all
    select
        12 as n,
        'confidence' as column_name,
        'p50' as statistic,
        cast(null as string) as label
    union all
    select
        13 as n,
        'confidence' as column_name,
        'p90' as statistic,
        cast(null as string) as label
    union all
    select
        14 as n,
        'confidence' as column_name,
        'null_rate' as statistic,
        cast(null as string) as label
    union all
    select
        15 as n,
        cast(null as string) as column_name,
        'quarantine_rate' as statistic,
        cast(null as string) as label
    union all
    select
        16 as n,
        cast(null as string) as column_name,
        'refusal_rate' as statistic,
        cast(null as string) as label
    union all
    select
        17 as n,
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
        end as value,
        case n
            when 8 then cast(deviation_8 as float64)
            when 10 then cast(deviation_10 as float64)
        end as standard_deviation,
        case n
            when 8 then rows_8
            when 10 then rows_10
            when 11 then rows_11
            when 12 then rows_12
            when 13 then rows_13
            when 15 then answered_rows
            when 16 then answered_rows
            when 17 then asked_rows
            else succeeded_rows
        end as input_rows
    from llm_aggregated
    cross join llm_listed
)

select
    'enrich__table' as task,
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

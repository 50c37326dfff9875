with

-- What validation refuses is answered, and so a response that succeeded.
refused_by_validation as (
    select
        request_key,
        attempt,
        max(case when reason = 'invalid_json' then 1 else 0 end) as is_invalid_json
    from `golden`.`main`.`dbt_llm__quarantine`
    group by request_key, attempt
),

responses as (
    select
        all_responses.*,
        cast(to_utc_timestamp(all_responses.responded_at, current_timezone()) as date) as usage_date,
        coalesce(all_responses.cost_usd, all_responses.estimated_cost_usd) as paid_usd,
        case
            when all_responses.status = 'succeeded' then refused_by_validation.is_invalid_json
        end as is_invalid_json
    from `golden`.`main`.`dbt_llm__responses` as all_responses
    left join refused_by_validation
        on all_responses.request_key = refused_by_validation.request_key
        and all_responses.attempt = refused_by_validation.attempt
    -- A requeue is a mark, and no call.
    where coalesce(all_responses.error_class, '') <> 'requeued'
),

runs as (
    select
        *,
        cast(to_utc_timestamp(started_at, current_timezone()) as date) as usage_date,
        distinct_requests - pending_requests as cache_hits,
        prompt_rows - distinct_requests as deduplicated_rows
    from `golden`.`main`.`dbt_llm__runs`
),

-- What an answer of a task costs, whenever it was paid: a run that is spared all its calls has no cost of its own.
prices as (
    select
        task,
        model_name,
        prompt_version,
        avg(paid_usd) as usd_each
    from responses
    where status = 'succeeded'
    group by task, model_name, prompt_version
),

called as (
    select
        usage_date,
        task,
        model_name,
        prompt_version,
        engine,
        0 as runs,
        0 as prompt_rows,
        0 as cache_hits,
        0 as deduplicated_rows,
        0 as left_requests,
        count(*) as requests,
        sum(case when status = 'succeeded' then 1 else 0 end) as succeeded_requests,
        sum(case when status = 'failed' then 1 else 0 end) as failed_requests,
        sum(case when error_class = 'throttled' then 1 else 0 end) as throttled_requests,
        sum(case when error_class = 'provider_error' then 1 else 0 end) as provider_error_requests,
        sum(case when error_class = 'timeout' then 1 else 0 end) as timeout_requests,
        sum(case when error_class = 'connection_error' then 1 else 0 end) as connection_error_requests,
        sum(case when error_class = 'out_of_memory' then 1 else 0 end) as out_of_memory_requests,
        sum(case when error_class = 'invalid_request' then 1 else 0 end) as invalid_request_requests,
        sum(case when error_class = 'truncated' then 1 else 0 end) as truncated_requests,
        sum(case when error_class = 'refused' then 1 else 0 end) as refused_requests,
        sum(case when error_class = 'invalid_json' or is_invalid_json = 1 then 1 else 0 end) as invalid_json_requests,
        sum(case when is_invalid_json = 0 then 1 else 0 end) as invalid_value_requests,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(paid_usd) as cost_usd,
        approx_percentile(latency_ms, 0.5) as latency_p50_ms,
        approx_percentile(latency_ms, 0.95) as latency_p95_ms
    from responses
    group by usage_date, task, model_name, prompt_version, engine
),

found as (
    select
        usage_date,
        task,
        model_name,
        prompt_version,
        engine,
        count(*) as runs,
        sum(prompt_rows) as prompt_rows,
        sum(cache_hits) as cache_hits,
        sum(deduplicated_rows) as deduplicated_rows,
        sum(left_requests) as left_requests
    from runs
    group by usage_date, task, model_name, prompt_version, engine
),

days as (
    select *
    from called
    union all
    select
        usage_date,
        task,
        model_name,
        prompt_version,
        engine,
        runs,
        prompt_rows,
        cache_hits,
        deduplicated_rows,
        left_requests,
        0 as requests,
        0 as succeeded_requests,
        0 as failed_requests,
        0 as throttled_requests,
        0 as provider_error_requests,
        0 as timeout_requests,
        0 as connection_error_requests,
        0 as out_of_memory_requests,
        0 as invalid_request_requests,
        0 as truncated_requests,
        0 as refused_requests,
        0 as invalid_json_requests,
        0 as invalid_value_requests,
        null as input_tokens,
        null as output_tokens,
        null as cost_usd,
        null as latency_p50_ms,
        null as latency_p95_ms
    from found
),

usage_by_day as (
    select
        usage_date,
        task,
        model_name,
        prompt_version,
        engine,
        sum(runs) as runs,
        sum(prompt_rows) as prompt_rows,
        sum(cache_hits) as cache_hits,
        sum(deduplicated_rows) as deduplicated_rows,
        sum(left_requests) as left_requests,
        sum(requests) as requests,
        sum(succeeded_requests) as succeeded_requests,
        sum(failed_requests) as failed_requests,
        sum(throttled_requests) as throttled_requests,
        sum(provider_error_requests) as provider_error_requests,
        sum(timeout_requests) as timeout_requests,
        sum(connection_error_requests) as connection_error_requests,
        sum(out_of_memory_requests) as out_of_memory_requests,
        sum(invalid_request_requests) as invalid_request_requests,
        sum(truncated_requests) as truncated_requests,
        sum(refused_requests) as refused_requests,
        sum(invalid_json_requests) as invalid_json_requests,
        sum(invalid_value_requests) as invalid_value_requests,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(cost_usd) as cost_usd,
        max(latency_p50_ms) as latency_p50_ms,
        max(latency_p95_ms) as latency_p95_ms
    from days
    group by usage_date, task, model_name, prompt_version, engine
)

select
    usage_by_day.*,
    (usage_by_day.cache_hits + usage_by_day.deduplicated_rows) * prices.usd_each as saved_usd,
    coalesce(usage_by_day.cost_usd, 0)
    + (usage_by_day.cache_hits + usage_by_day.deduplicated_rows) * prices.usd_each as would_have_paid_usd
from usage_by_day
left join prices
    on usage_by_day.task = prices.task
    and usage_by_day.model_name = prices.model_name
    and usage_by_day.prompt_version = prices.prompt_version

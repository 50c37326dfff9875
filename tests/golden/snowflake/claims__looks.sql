with won as (
with

llm_ahead as (
    select distinct request_key
    from GOLDEN.MAIN.dbt_llm__claims
    where (invocation_id <> 'invocation' or task <> 'answer')
        and 60 * ((date_part(epoch_second, sysdate()) - date_part(epoch_second, claimed_at)) / 3600) < claim_minutes
        and (
            is_held
            or invocation_id < 'invocation'
            or (invocation_id = 'invocation' and task < 'answer')
        )
)

select
    asked.n,
    asked.request_key,
    asked.prompt,
    asked.attempt,
    asked.superseded
from work as asked
left join llm_ahead
    on asked.request_key = llm_ahead.request_key
where asked.n between 1 and 100
    and llm_ahead.request_key is null
),

part as (
with

llm_held as (
    select distinct request_key
    from GOLDEN.MAIN.dbt_llm__claims
    where (invocation_id <> 'invocation' or task <> 'answer')
        and 60 * ((date_part(epoch_second, sysdate()) - date_part(epoch_second, claimed_at)) / 3600) < claim_minutes
        and is_held
),

llm_known as (
    select distinct pending.request_key
    from won as pending
    inner join GOLDEN.MAIN.dbt_llm__responses as later
        on pending.request_key = later.request_key
    where coalesce(later.attempt, 1) > pending.attempt
        and (later.status = 'succeeded' or later.error_class not in ('throttled', 'provider_error', 'timeout', 'connection_error', 'out_of_memory', 'requeued'))
)

select
    won.n,
    won.request_key,
    won.prompt,
    won.attempt,
    won.superseded
from won as won
left join llm_held
    on won.request_key = llm_held.request_key
left join llm_known
    on won.request_key = llm_known.request_key
where llm_held.request_key is null
    and llm_known.request_key is null
)

select
    'part' as standing,
    part.request_key,
    part.prompt,
    part.attempt,
    part.superseded
from part
union all
select
    'held' as standing,
    left_to_others.*
from (
select
    asked.request_key,
    asked.prompt,
    asked.attempt,
    asked.superseded
from work as asked
left join part as own
    on asked.request_key = own.request_key
left join (
    select distinct pending.request_key
    from work as pending
    inner join GOLDEN.MAIN.dbt_llm__responses as later
        on pending.request_key = later.request_key
    where coalesce(later.attempt, 1) > pending.attempt
        and (later.status = 'succeeded' or later.error_class not in ('throttled', 'provider_error', 'timeout', 'connection_error', 'out_of_memory', 'requeued'))
) as known
    on asked.request_key = known.request_key
where asked.n between 1 and 100
    and own.request_key is null
    and known.request_key is null
) as left_to_others

-- Each stage's rows, calls, cost and quality, from the tables of this pipeline and of the package.
{{ config(materialized='view') }}
with

rows_of_stages as (
    select
        message_id,
        '1 short' as stage,
        coalesce(list_contains(pii_types, 'card'), false) as is_found
    from {{ ref('card_in_short') }}
    union all
    select
        answered.message_id,
        case
            when answered.llm_reason = 'filtered' then '4 dropped'
            when responses.engine = 'async' then '3 first'
            when responses.engine = 'batch' then '5 let through'
            else '6 not answered'
        end as stage,
        coalesce(list_contains(answered.pii_types, 'card'), false) as is_found
    from {{ ref('card_in_long') }} as answered
    left join {{ ref('dbt_llm', 'dbt_llm__responses') }} as responses
        on answered.llm_request_key = responses.request_key
        and responses.status = 'succeeded'
    union all
    select
        message_id,
        '2 embedded' as stage,
        null as is_found
    from {{ ref('message_vectors') }}
    where llm_status = 'succeeded'
),

measured as (
    select
        rows_of_stages.stage,
        count(*) as input_rows,
        count(*) filter (where card_labels.has_card) as wanted_rows,
        count(*) filter (where card_labels.has_card and rows_of_stages.is_found) as right_rows,
        count(*) filter (where rows_of_stages.is_found) as found_rows
    from rows_of_stages
    inner join {{ ref('card_labels') }} as card_labels
        on rows_of_stages.message_id = card_labels.message_id
    group by rows_of_stages.stage
),

bill as (
    select
        task,
        engine,
        sum(requests) as requests,
        sum(input_tokens + output_tokens) as tokens,
        sum(cost_usd) as cost_usd
    from {{ ref('dbt_llm', 'dbt_llm__usage_daily') }}
    group by task, engine
),

live_calls as (
    select
        task,
        engine,
        sum(calls) as calls
    from {{ ref('dbt_llm', 'dbt_llm__runs') }}
    group by task, engine
),

places (stage, place, task, engine) as (
    values
    ('1 short', 'native function, live', 'card_in_short', 'duckdb'),
    ('2 embedded', 'embeddings', 'message_vectors', 'duckdb'),
    ('3 first', 'large model, live', 'card_in_long', 'async'),
    ('4 dropped', 'nowhere', null, null),
    ('5 let through', 'large model, Batch API', 'card_in_long', 'batch'),
    ('6 not answered', 'nowhere', null, null)
)

select
    measured.*,
    places.place,
    coalesce(bill.requests, 0) as requests,
    coalesce(live_calls.calls, 0) as calls,
    coalesce(bill.tokens, 0) as tokens,
    coalesce(bill.cost_usd, 0) as cost_usd
from measured
left join places
    on measured.stage = places.stage
left join bill
    on places.task = bill.task
    and places.engine = bill.engine
left join live_calls
    on places.task = live_calls.task
    and places.engine = live_calls.engine
order by measured.stage

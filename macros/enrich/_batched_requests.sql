{#
    Two CTEs: the batch jobs that are open, and `llm_batched`, the requests in them with the reason that their rows show.
    A job of another task counts too: its answer will serve this one. `batches`: the relations `batches` and `batch_requests`.
#}
{%- macro _batched_requests(batches) -%}
llm_open_batches as (
    select
        batch_key,
        state
    from (
        select
            batch_key,
            state,
            is_open,
            row_number() over (partition by batch_key order by sequence desc, recorded_at desc) as newest_first
        from {{ batches.batches }}
    ) as events
    where newest_first = 1
        and is_open
),

llm_batched as (
    select
        batch_requests.request_key,
        max({{ dbt_llm.concat_text([dbt_llm.string_literal('batch:'), 'llm_open_batches.state']) }}) as reason
    from {{ batches.batch_requests }} as batch_requests
    inner join llm_open_batches
        on batch_requests.batch_key = llm_open_batches.batch_key
    group by batch_requests.request_key
)
{%- endmacro -%}

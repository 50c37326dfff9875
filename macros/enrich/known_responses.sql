{# What is known of a request before anything is sent: its latest response, or the open batch job that it is in. #}

{#
    The latest response to each request. The ledger is append-only: a later attempt, or a requeue, supersedes. Of the
    relations in dbt_llm_response_sources only answers are read, so that a failure elsewhere hides no answer here.
#}
{%- macro _latest_responses(responses) -%}
    {%- set columns = [
        'request_key', 'model_name', 'status', 'completion', 'error_class', 'error_message', 'attempt', 'responded_at',
    ] -%}
select
        {{ columns | join(',\n        ') }}
    from (
        select
            {{ columns | join(',\n            ') }},
            row_number() over (
                partition by request_key
                order by responded_at desc nulls last, attempt desc nulls last
            ) as newest_first
        from (
            select
                {{ columns | join(',\n                ') }}
            from {{ responses }}
            {%- for source in var('dbt_llm_response_sources', []) %}
            union all
            select
                {{ columns | join(',\n                ') }}
            from {{ source }}
            where status = 'succeeded'
            {%- endfor %}
        ) as all_responses
    ) as ranked_responses
    where newest_first = 1
{%- endmacro -%}

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

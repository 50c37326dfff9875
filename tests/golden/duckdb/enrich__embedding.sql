with

llm_input as (
    select *
    from "golden"."main"."messages"
),

/* dbt_llm: responses */
llm_responses as not materialized (
    select
        request_key,
        model_name,
        status,
        completion,
        error_class,
        error_message,
        responded_at,
        coalesce(attempt, 1) as attempt,
        coalesce(supersedes_attempt, 0) as superseded
    from (
        select *
        from "golden"."main"."dbt_llm__responses"
        where hash(request_key) not in (
            select hash(request_key)
            from "golden"."main"."dbt_llm__responses" as counted
            group by hash(request_key)
            having count(*) > 1
        )
    ) as single
    union all
    select
        request_key,
        model_name,
        status,
        completion,
        error_class,
        error_message,
        responded_at,
        attempt,
        superseded
    from (
        select
            *,
            row_number() over (
                partition by request_key
                order by
                    case when attempt > superseded or supersedes_attempt = superseded then 0 else 1 end,
                    case when status = 'succeeded' then 0 else 1 end,
                    attempt desc,
                    responded_at desc
            ) as place
        from (
            select
                request_key,
                model_name,
                status,
                completion,
                error_class,
                error_message,
                responded_at,
                coalesce(attempt, 1) as attempt,
                supersedes_attempt,
                coalesce(max(supersedes_attempt) over (partition by request_key), 0) as superseded
            from (
        select *
        from "golden"."main"."dbt_llm__responses"
        where hash(request_key) in (
            select hash(request_key)
            from "golden"."main"."dbt_llm__responses" as counted
            group by hash(request_key)
            having count(*) > 1
        )
    ) as repeated
        ) as with_superseded
    ) as placed
    where place = 1
),

llm_embeddings as (
    select
        request_key,
        vector
    from (
        select *
        from "golden"."main"."dbt_llm__embeddings"
        where hash(request_key) not in (
            select hash(request_key)
            from "golden"."main"."dbt_llm__embeddings" as counted
            group by hash(request_key)
            having count(*) > 1
        )
    ) as single
    union all
    select
        request_key,
        vector
    from (
        select
            request_key,
            vector,
            row_number() over (partition by request_key order by embedded_at desc) as place
        from (
        select *
        from "golden"."main"."dbt_llm__embeddings"
        where hash(request_key) in (
            select hash(request_key)
            from "golden"."main"."dbt_llm__embeddings" as counted
            group by hash(request_key)
            having count(*) > 1
        )
    ) as repeated
    ) as placed
    where place = 1
),

llm_prompts as (
    select
        *,
        cast("body" as varchar) as _dbt_llm_prompt
    from llm_input
),

llm_requests as (
    select
        *,
        sha256(sha256('1
all-minilm
{}
{"dimensions":384,"kind":"embedding"}')
            || '
'
            || _dbt_llm_prompt) as _dbt_llm_request_key
    from llm_prompts
),

llm_answered as (
    select
        llm_requests.*,
        llm_responses.status as _dbt_llm_response_status,
        llm_responses.completion as _dbt_llm_completion,
        llm_responses.error_class as _dbt_llm_error_class,
        llm_responses.attempt as _dbt_llm_attempt,
        llm_responses.superseded as _dbt_llm_superseded,
        llm_embeddings.vector as _dbt_llm_vector,
        case
            when llm_requests._dbt_llm_prompt is null then false
            when llm_responses.request_key is null then true
            when llm_responses.status = 'succeeded' then llm_embeddings.request_key is null
            when llm_responses.error_class = 'requeued' then true
            when llm_responses.error_class in ('throttled', 'provider_error', 'timeout', 'connection_error', 'out_of_memory')
                then llm_responses.attempt - llm_responses.superseded < 3
            else false
        end as _dbt_llm_is_pending
    from llm_requests
    left join llm_responses
        on llm_requests._dbt_llm_request_key = llm_responses.request_key
    left join llm_embeddings
        on llm_requests._dbt_llm_request_key = llm_embeddings.request_key
),

llm_validated as (
    select
        *,
        case
            when _dbt_llm_prompt is null then 'null_prompt'
            when _dbt_llm_response_status is null then 'not_requested'
            when _dbt_llm_response_status != 'succeeded' then _dbt_llm_error_class
            when _dbt_llm_is_pending then 'not_requested'
            when len(_dbt_llm_vector) != 384 then 'wrong_length:embedding'
            when not coalesce(isfinite(list_sum(_dbt_llm_vector)) and list_count(_dbt_llm_vector) = len(_dbt_llm_vector), false) then 'not_a_number:embedding'
        end as _dbt_llm_reason
    from llm_answered
)

/* dbt_llm: result */
select
    * exclude (
        _dbt_llm_prompt,
        _dbt_llm_request_key,
        _dbt_llm_response_status,
        _dbt_llm_completion,
        _dbt_llm_error_class,
        _dbt_llm_attempt,
        _dbt_llm_superseded,
        _dbt_llm_is_pending,
        _dbt_llm_vector,
        _dbt_llm_reason
    ),
    try_cast(case when _dbt_llm_reason is null then _dbt_llm_vector end as float[384]) as "embedding",
    case
        when _dbt_llm_prompt is null then 'skipped'
        when _dbt_llm_is_pending then 'pending'
        when _dbt_llm_reason is not null then 'quarantined'
        else 'succeeded'
    end as llm_status,
    _dbt_llm_reason as llm_reason,
    _dbt_llm_request_key as llm_request_key,
    substr(sha256('{body}
{"dimensions":384,"kind":"embedding"}
{}'), 1, 12) as llm_prompt_version
from llm_validated
/* dbt_llm: end */

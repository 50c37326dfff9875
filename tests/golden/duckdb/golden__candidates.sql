select
    task,
    candidate,
    model_name,
    golden_key,
    golden_source,
    column_name,
    kind,
    expected,
    answered,
    is_correct,
    deviation,
    expected_size,
    answered_size,
    common_size,
    llm_status,
    llm_reason,
    llm_request_key,
    llm_prompt_version
from (
/* dbt_llm: candidate current */
with

llm_input as (
    select *
    from (
    select
        cast(message_id as varchar) as golden_key,
        'golden' as golden_source,
        cast("body" as varchar) as "body",
        cast("channel" as varchar) as "channel",
        cast(expected_answer as varchar) as expected_answer,
        expected_answer is not null as has_expected_answer
    from /* dbt_llm: golden set */ "golden"."main"."golden_messages" /* dbt_llm: golden set */
) as golden_rows
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

llm_prompts as (
    select
        *,
        'It''s "'
            || cast("body" as varchar)
            || '" \ '
            || coalesce(cast("channel" as varchar), '')
            || ' {body} {"json": [1]} $$ -- /* 🙂 */
	tabbed' as _dbt_llm_prompt
    from llm_input
),

llm_requests as (
    select
        *,
        sha256(sha256('1
llama3.2
{}
{"answer":{"type":"string"}}')
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
        case
            when llm_requests._dbt_llm_prompt is null then false
            when llm_responses.request_key is null then true
            when llm_responses.status = 'succeeded' then false
            when llm_responses.error_class = 'requeued' then true
            when llm_responses.error_class in ('throttled', 'provider_error', 'timeout', 'connection_error', 'out_of_memory')
                then llm_responses.attempt - llm_responses.superseded < 3
            else false
        end as _dbt_llm_is_pending
    from llm_requests
    left join llm_responses
        on llm_requests._dbt_llm_request_key = llm_responses.request_key
),

llm_parsed as (
    select
        *,
        case
            when _dbt_llm_response_status != 'succeeded' then null
            when substr(_dbt_llm_completion, 1, 1) = '{' then try_cast(_dbt_llm_completion as json)
            else try_cast(regexp_replace(_dbt_llm_completion, '^[\s\x{FEFF}]*(<think>[\s\S]*</think>)?\s*(```[A-Za-z0-9]*\s*(\{[\s\S]*\})\s*```|(\{[\s\S]*\}))\s*$', '\3\4') as json)
        end as _dbt_llm_json
    from llm_answered
),

llm_members as (
    select
        *,
        json_extract(_dbt_llm_json, ['$."answer"']) as _dbt_llm_members
    from llm_parsed
),

llm_taken as (
    select
        *,
        _dbt_llm_members[1] as _dbt_llm_value_answer
    from llm_members
),

llm_values as (
    select
        *,
        json_type(_dbt_llm_value_answer) as _dbt_llm_type_answer,
        json_extract_string(_dbt_llm_value_answer, '$') as _dbt_llm_text_answer
    from llm_taken
),

llm_validated as (
    select
        *,
        case
            when _dbt_llm_prompt is null then 'null_prompt'
            when _dbt_llm_response_status is null then 'not_requested'
            when _dbt_llm_response_status != 'succeeded' then _dbt_llm_error_class
            when _dbt_llm_json is null or not json_type(_dbt_llm_json) = 'OBJECT' then 'invalid_json'
            when _dbt_llm_value_answer is null then 'missing:answer'
            when not (_dbt_llm_type_answer = 'VARCHAR') then 'wrong_type:answer'
        end as _dbt_llm_reason
    from llm_values
),

/* dbt_llm: result */
llm_outcomes as (
    select
        golden_key,
        golden_source,
        case
            when _dbt_llm_prompt is null then 'skipped'
            when _dbt_llm_is_pending then 'pending'
            when _dbt_llm_reason is not null then 'quarantined'
            else 'succeeded'
        end as llm_status,
        _dbt_llm_reason as llm_reason,
        _dbt_llm_request_key as llm_request_key,
        expected_answer,
        has_expected_answer,
        case
            when _dbt_llm_reason is null then _dbt_llm_text_answer
        end as answered_answer
    from llm_validated
)

select
    'enrich__hostile_prompt' as task,
    'current' as candidate,
    'llama3.2' as model_name,
    golden_key,
    golden_source,
    'answer' as column_name,
    'text' as kind,
    expected_answer as expected,
    answered_answer as answered,
    case
        when llm_status = 'pending' then cast(null as boolean)
        when llm_status = 'succeeded' and expected_answer is null and answered_answer is null then true
        when llm_status = 'succeeded' and answered_answer = expected_answer then true
        else false
    end as is_correct,
    cast(null as double) as deviation,
    cast(null as bigint) as expected_size,
    cast(null as bigint) as answered_size,
    cast(null as bigint) as common_size,
    llm_status,
    llm_reason,
    llm_request_key,
    substr(sha256('It''s "{body}" \ {channel?} \{body} {"json": [1]} $$ -- /* 🙂 */
	tabbed
{"answer":{"type":"string"}}
{}'), 1, 12) as llm_prompt_version
from llm_outcomes
where has_expected_answer
/* dbt_llm: end */
) as candidate_1

union all

select
    task,
    candidate,
    model_name,
    golden_key,
    golden_source,
    column_name,
    kind,
    expected,
    answered,
    is_correct,
    deviation,
    expected_size,
    answered_size,
    common_size,
    llm_status,
    llm_reason,
    llm_request_key,
    llm_prompt_version
from (
/* dbt_llm: candidate v2 */
with

llm_input as (
    select *
    from (
    select
        cast(message_id as varchar) as golden_key,
        'golden' as golden_source,
        cast("body" as varchar) as "body",
        cast(expected_answer as varchar) as expected_answer,
        expected_answer is not null as has_expected_answer
    from /* dbt_llm: golden set */ "golden"."main"."golden_messages" /* dbt_llm: golden set */
) as golden_rows
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

llm_prompts as (
    select
        *,
        'Say '
            || cast("body" as varchar) as _dbt_llm_prompt
    from llm_input
),

llm_requests as (
    select
        *,
        sha256(sha256('1
llama3.2
{"temperature":0}
{"answer":{"type":"string"}}')
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
        case
            when llm_requests._dbt_llm_prompt is null then false
            when llm_responses.request_key is null then true
            when llm_responses.status = 'succeeded' then false
            when llm_responses.error_class = 'requeued' then true
            when llm_responses.error_class in ('throttled', 'provider_error', 'timeout', 'connection_error', 'out_of_memory')
                then llm_responses.attempt - llm_responses.superseded < 3
            else false
        end as _dbt_llm_is_pending
    from llm_requests
    left join llm_responses
        on llm_requests._dbt_llm_request_key = llm_responses.request_key
),

llm_parsed as (
    select
        *,
        case
            when _dbt_llm_response_status != 'succeeded' then null
            when substr(_dbt_llm_completion, 1, 1) = '{' then try_cast(_dbt_llm_completion as json)
            else try_cast(regexp_replace(_dbt_llm_completion, '^[\s\x{FEFF}]*(<think>[\s\S]*</think>)?\s*(```[A-Za-z0-9]*\s*(\{[\s\S]*\})\s*```|(\{[\s\S]*\}))\s*$', '\3\4') as json)
        end as _dbt_llm_json
    from llm_answered
),

llm_members as (
    select
        *,
        json_extract(_dbt_llm_json, ['$."answer"']) as _dbt_llm_members
    from llm_parsed
),

llm_taken as (
    select
        *,
        _dbt_llm_members[1] as _dbt_llm_value_answer
    from llm_members
),

llm_values as (
    select
        *,
        json_type(_dbt_llm_value_answer) as _dbt_llm_type_answer,
        json_extract_string(_dbt_llm_value_answer, '$') as _dbt_llm_text_answer
    from llm_taken
),

llm_validated as (
    select
        *,
        case
            when _dbt_llm_prompt is null then 'null_prompt'
            when _dbt_llm_response_status is null then 'not_requested'
            when _dbt_llm_response_status != 'succeeded' then _dbt_llm_error_class
            when _dbt_llm_json is null or not json_type(_dbt_llm_json) = 'OBJECT' then 'invalid_json'
            when _dbt_llm_value_answer is null then 'missing:answer'
            when not (_dbt_llm_type_answer = 'VARCHAR') then 'wrong_type:answer'
        end as _dbt_llm_reason
    from llm_values
),

/* dbt_llm: result */
llm_outcomes as (
    select
        golden_key,
        golden_source,
        case
            when _dbt_llm_prompt is null then 'skipped'
            when _dbt_llm_is_pending then 'pending'
            when _dbt_llm_reason is not null then 'quarantined'
            else 'succeeded'
        end as llm_status,
        _dbt_llm_reason as llm_reason,
        _dbt_llm_request_key as llm_request_key,
        expected_answer,
        has_expected_answer,
        case
            when _dbt_llm_reason is null then _dbt_llm_text_answer
        end as answered_answer
    from llm_validated
)

select
    'enrich__hostile_prompt' as task,
    'v2' as candidate,
    'llama3.2' as model_name,
    golden_key,
    golden_source,
    'answer' as column_name,
    'text' as kind,
    expected_answer as expected,
    answered_answer as answered,
    case
        when llm_status = 'pending' then cast(null as boolean)
        when llm_status = 'succeeded' and expected_answer is null and answered_answer is null then true
        when llm_status = 'succeeded' and answered_answer = expected_answer then true
        else false
    end as is_correct,
    cast(null as double) as deviation,
    cast(null as bigint) as expected_size,
    cast(null as bigint) as answered_size,
    cast(null as bigint) as common_size,
    llm_status,
    llm_reason,
    llm_request_key,
    substr(sha256('Say {body}
{"answer":{"type":"string"}}
{"temperature":0}'), 1, 12) as llm_prompt_version
from llm_outcomes
where has_expected_answer
/* dbt_llm: end */
) as candidate_2

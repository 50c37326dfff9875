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

llm_standing as (
    select
        _dbt_llm_unique_key_1,
        llm_request_key as _dbt_llm_standing_request_key,
        _dbt_llm_fingerprint as _dbt_llm_standing_fingerprint
    from (
        select
            llm_status,
            llm_reason,
            llm_request_key,
            llm_prompt_version,
            message_id as _dbt_llm_unique_key_1,
            case
                when regexp_full_match(typeof(_dbt_llm_row), '(TUPLE|STRUCT)\(((VARCHAR|JSON|BLOB|BOOLEAN|U?(BIG|SMALL|TINY)?INT|U?INTEGER|DATE|TIME|TIMESTAMP(_[A-Z]+| WITH TIME ZONE)?)(, )?)+\)') then hash(_dbt_llm_row)
                else hash(to_json(_dbt_llm_row))
            end as _dbt_llm_fingerprint
        from (
            select
                *,
                row(*columns(lambda c: lower(c) not in ('has_pii', 'pii_types', 'confidence', 'llm_status', 'llm_reason', 'llm_request_key', 'llm_prompt_version'))) as _dbt_llm_row
            from (
                select *
                from llm_input
                where false
                union all by name
                select *
                from "golden"."main"."enrich__incremental"
            ) as whole
        ) as hashed
    ) as standing
    where llm_status = 'succeeded'
        and llm_reason is null
        and llm_prompt_version = substr(sha256('Does this support message contain personal data?
<message>{body}</message>
{"confidence":{"maximum":1,"minimum":0,"type":"number"},"has_pii":{"type":"boolean"},"pii_types":{"items":{"enum":["email","phone","ssn","card","address"]},"type":"array"}}
{"max_tokens":200,"temperature":0}'), 1, 12)
),

llm_unchanged as (
    select llm_standing.*
    from llm_standing
    inner join llm_responses
        on llm_standing._dbt_llm_standing_request_key = llm_responses.request_key
    where llm_responses.status = 'succeeded'
        and llm_responses.model_name = 'llama3.2'
),

llm_changed as (
    select *
    from (
        select
            * exclude (_dbt_llm_row),
            case
                when regexp_full_match(typeof(_dbt_llm_row), '(TUPLE|STRUCT)\(((VARCHAR|JSON|BLOB|BOOLEAN|U?(BIG|SMALL|TINY)?INT|U?INTEGER|DATE|TIME|TIMESTAMP(_[A-Z]+| WITH TIME ZONE)?)(, )?)+\)') then hash(_dbt_llm_row)
                else hash(to_json(_dbt_llm_row))
            end as _dbt_llm_fingerprint
        from (
            select
                *,
                row(*columns(*)) as _dbt_llm_row
            from llm_input as whole
        ) as hashed
    ) as current_rows
    where not exists (
        select 1
        from llm_unchanged
        where llm_unchanged._dbt_llm_standing_fingerprint is not distinct from current_rows._dbt_llm_fingerprint
            and llm_unchanged._dbt_llm_unique_key_1 = message_id
    )
),

llm_prompts as (
    select
        *,
        'Does this support message contain personal data?
<message>'
            || cast("body" as varchar)
            || '</message>' as _dbt_llm_prompt
    from llm_changed
),

llm_requests as (
    select
        *,
        sha256(sha256('1
llama3.2
{"max_tokens":200,"temperature":0}
{"confidence":{"maximum":1,"minimum":0,"type":"number"},"has_pii":{"type":"boolean"},"pii_types":{"items":{"enum":["email","phone","ssn","card","address"]},"type":"array"}}')
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
        json_extract(_dbt_llm_json, ['$."has_pii"', '$."pii_types"', '$."confidence"']) as _dbt_llm_members
    from llm_parsed
),

llm_taken as (
    select
        *,
        _dbt_llm_members[1] as _dbt_llm_value_has_pii,
        _dbt_llm_members[2] as _dbt_llm_value_pii_types,
        _dbt_llm_members[3] as _dbt_llm_value_confidence
    from llm_members
),

llm_values as (
    select
        *,
        json_type(_dbt_llm_value_has_pii) as _dbt_llm_type_has_pii,
        json_extract_string(_dbt_llm_value_has_pii, '$') as _dbt_llm_text_has_pii,
        json_type(_dbt_llm_value_pii_types) as _dbt_llm_type_pii_types,
        json_extract_string(_dbt_llm_value_pii_types, '$') as _dbt_llm_text_pii_types,
        json_type(_dbt_llm_value_confidence) as _dbt_llm_type_confidence,
        json_extract_string(_dbt_llm_value_confidence, '$') as _dbt_llm_text_confidence
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
            when _dbt_llm_value_has_pii is null then 'missing:has_pii'
            when not (_dbt_llm_type_has_pii = 'BOOLEAN') then 'wrong_type:has_pii'
            when _dbt_llm_value_pii_types is null then 'missing:pii_types'
            when not (_dbt_llm_type_pii_types = 'ARRAY') then 'wrong_type:pii_types'
            when len(list_filter(json_type(_dbt_llm_value_pii_types, '$[*]'), lambda element: not (element = 'VARCHAR'))) > 0 then 'wrong_type:pii_types'
            when len(list_filter(json_extract_string(_dbt_llm_value_pii_types, '$[*]'), lambda element: element not in ('email', 'phone', 'ssn', 'card', 'address'))) > 0 then 'not_in_enum:pii_types'
            when _dbt_llm_value_confidence is null then 'missing:confidence'
            when not (_dbt_llm_type_confidence in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')) then 'wrong_type:confidence'
            when try_cast(_dbt_llm_text_confidence as double) < 0 then 'out_of_range:confidence'
            when try_cast(_dbt_llm_text_confidence as double) > 1 then 'out_of_range:confidence'
        end as _dbt_llm_reason
    from llm_values
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
        _dbt_llm_json,
        _dbt_llm_reason,
        _dbt_llm_fingerprint,
        _dbt_llm_members,
        _dbt_llm_value_has_pii,
        _dbt_llm_value_pii_types,
        _dbt_llm_value_confidence,
        _dbt_llm_type_has_pii,
        _dbt_llm_text_has_pii,
        _dbt_llm_type_pii_types,
        _dbt_llm_text_pii_types,
        _dbt_llm_type_confidence,
        _dbt_llm_text_confidence
    ),
    case
        when _dbt_llm_reason is null then try_cast(_dbt_llm_text_has_pii as boolean)
    end as "has_pii",
    case
        when _dbt_llm_reason is null then try_cast(_dbt_llm_value_pii_types as varchar[])
    end as "pii_types",
    case
        when _dbt_llm_reason is null then try_cast(_dbt_llm_text_confidence as double)
    end as "confidence",
    case
        when _dbt_llm_prompt is null then 'skipped'
        when _dbt_llm_is_pending then 'pending'
        when _dbt_llm_reason is not null then 'quarantined'
        else 'succeeded'
    end as llm_status,
    _dbt_llm_reason as llm_reason,
    _dbt_llm_request_key as llm_request_key,
    substr(sha256('Does this support message contain personal data?
<message>{body}</message>
{"confidence":{"maximum":1,"minimum":0,"type":"number"},"has_pii":{"type":"boolean"},"pii_types":{"items":{"enum":["email","phone","ssn","card","address"]},"type":"array"}}
{"max_tokens":200,"temperature":0}'), 1, 12) as llm_prompt_version
from llm_validated
/* dbt_llm: end */

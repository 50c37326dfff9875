with

llm_trained as (
    select
        *,
        row_number() over (order by trained_at desc, filter_version asc) as newest_first
    from "golden"."main"."dbt_llm__filters"
    where task = 'enrich__filter'
        and model_name = 'llama3.2'
        and label_column = 'pii_types'
        and label_values = '["card","ssn"]'
        and prompt_version = substr(sha256('Personal data? {body}
{"has_pii":{"type":"boolean"},"pii_types":{"items":{"enum":["email","phone","ssn","card","address"]},"type":"array"}}
{}'), 1, 12)
        and embedding_model = 'small-embed'
),

llm_filter as (
    select
        llm_trained.filter_version as _dbt_llm_filter_version,
        llm_trained.intercept as _dbt_llm_filter_intercept,
        llm_trained.coefficients as _dbt_llm_filter_coefficients,
        llm_trained.threshold as _dbt_llm_filter_threshold
    from (select 1 as newest_first) as one_row
    left join llm_trained
        on one_row.newest_first = llm_trained.newest_first
        and llm_trained.stated_recall >= 0.95
        and llm_trained.stated_confidence >= 0.95
),

llm_input as (
    select
        * exclude (
        "vector",
        _dbt_llm_filter_version,
        _dbt_llm_filter_intercept,
        _dbt_llm_filter_coefficients,
        _dbt_llm_filter_threshold
    ),
        _dbt_llm_filter_intercept + case when len(cast("vector" as double[])) = len(_dbt_llm_filter_coefficients) then list_dot_product(cast("vector" as double[]), _dbt_llm_filter_coefficients) end as llm_filter_score,
        _dbt_llm_filter_version as llm_filter_version
    from "golden"."main"."embedded_messages"
    cross join llm_filter
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
        'Personal data? '
            || cast("body" as varchar) as _dbt_llm_prompt
    from llm_input
),

llm_requests as (
    select
        *,
        sha256(sha256('1
llama3.2
{}
{"has_pii":{"type":"boolean"},"pii_types":{"items":{"enum":["email","phone","ssn","card","address"]},"type":"array"}}')
            || '
'
            || _dbt_llm_prompt) as _dbt_llm_request_key
    from llm_prompts
),

llm_answered as (
    select
        llm_requests.*,
        coalesce(llm_filter_score < (select _dbt_llm_filter_threshold from llm_filter), false)
            and not (substr(_dbt_llm_request_key, 9) < '051eb852') as _dbt_llm_is_dropped,
        llm_responses.status as _dbt_llm_response_status,
        llm_responses.completion as _dbt_llm_completion,
        llm_responses.error_class as _dbt_llm_error_class,
        llm_responses.attempt as _dbt_llm_attempt,
        llm_responses.superseded as _dbt_llm_superseded,
        case
            when llm_requests._dbt_llm_prompt is null then false
            when coalesce(llm_filter_score < (select _dbt_llm_filter_threshold from llm_filter), false)
            and not (substr(_dbt_llm_request_key, 9) < '051eb852') then false
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
        json_extract(_dbt_llm_json, ['$."has_pii"', '$."pii_types"']) as _dbt_llm_members
    from llm_parsed
),

llm_taken as (
    select
        *,
        _dbt_llm_members[1] as _dbt_llm_value_has_pii,
        _dbt_llm_members[2] as _dbt_llm_value_pii_types
    from llm_members
),

llm_values as (
    select
        *,
        json_type(_dbt_llm_value_has_pii) as _dbt_llm_type_has_pii,
        json_extract_string(_dbt_llm_value_has_pii, '$') as _dbt_llm_text_has_pii,
        json_type(_dbt_llm_value_pii_types) as _dbt_llm_type_pii_types,
        json_extract_string(_dbt_llm_value_pii_types, '$') as _dbt_llm_text_pii_types
    from llm_taken
),

llm_validated as (
    select
        *,
        case
            when _dbt_llm_prompt is null then 'null_prompt'
            when _dbt_llm_is_dropped and _dbt_llm_prompt is not null and coalesce(_dbt_llm_response_status, '') != 'succeeded' then 'filtered'
            when _dbt_llm_response_status is null then 'not_requested'
            when _dbt_llm_response_status != 'succeeded' then _dbt_llm_error_class
            when _dbt_llm_json is null or not json_type(_dbt_llm_json) = 'OBJECT' then 'invalid_json'
            when _dbt_llm_value_has_pii is null then 'missing:has_pii'
            when not (_dbt_llm_type_has_pii = 'BOOLEAN') then 'wrong_type:has_pii'
            when _dbt_llm_value_pii_types is null then 'missing:pii_types'
            when not (_dbt_llm_type_pii_types = 'ARRAY') then 'wrong_type:pii_types'
            when len(list_filter(json_type(_dbt_llm_value_pii_types, '$[*]'), lambda element: not (element = 'VARCHAR'))) > 0 then 'wrong_type:pii_types'
            when len(list_filter(json_extract_string(_dbt_llm_value_pii_types, '$[*]'), lambda element: element not in ('email', 'phone', 'ssn', 'card', 'address'))) > 0 then 'not_in_enum:pii_types'
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
        _dbt_llm_is_dropped,
        _dbt_llm_members,
        _dbt_llm_value_has_pii,
        _dbt_llm_value_pii_types,
        _dbt_llm_type_has_pii,
        _dbt_llm_text_has_pii,
        _dbt_llm_type_pii_types,
        _dbt_llm_text_pii_types
    ),
    case
        when _dbt_llm_reason is null then try_cast(_dbt_llm_text_has_pii as boolean)
    end as "has_pii",
    case
        when _dbt_llm_reason is null then try_cast(_dbt_llm_value_pii_types as varchar[])
    end as "pii_types",
    case
        when _dbt_llm_prompt is null then 'skipped'
        when _dbt_llm_is_dropped and _dbt_llm_prompt is not null and coalesce(_dbt_llm_response_status, '') != 'succeeded' then 'skipped'
        when _dbt_llm_is_pending then 'pending'
        when _dbt_llm_reason is not null then 'quarantined'
        else 'succeeded'
    end as llm_status,
    _dbt_llm_reason as llm_reason,
    _dbt_llm_request_key as llm_request_key,
    substr(sha256('Personal data? {body}
{"has_pii":{"type":"boolean"},"pii_types":{"items":{"enum":["email","phone","ssn","card","address"]},"type":"array"}}
{}'), 1, 12) as llm_prompt_version
from llm_validated
/* dbt_llm: end */

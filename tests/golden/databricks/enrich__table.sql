with

llm_input as (
    select *
    from `golden`.`main`.`messages`
),

/* dbt_llm: responses */
llm_responses as (
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
            from `golden`.`main`.`dbt_llm__responses`
        ) as with_superseded
    ) as placed
    where place = 1
),

llm_prompts as (
    select
        *,
        'Does this support message contain personal data?
<message>'
            || cast(`body` as string)
            || '</message>' as _dbt_llm_prompt
    from llm_input
),

llm_requests as (
    select
        *,
        sha2(sha2('1
databricks-meta-llama-3-3-70b-instruct
{"max_tokens":200,"temperature":0}
{"confidence":{"maximum":1,"minimum":0,"type":"number"},"has_pii":{"type":"boolean"},"pii_types":{"items":{"enum":["email","phone","ssn","card","address"]},"type":"array"}}', 256)
            || '
'
            || _dbt_llm_prompt, 256) as _dbt_llm_request_key
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
            when substr(_dbt_llm_completion, 1, 1) = '{' then try_parse_json(_dbt_llm_completion)
            else coalesce(try_parse_json(_dbt_llm_completion), try_variant_get(try_parse_json(concat('{"object":', regexp_replace(_dbt_llm_completion, '^[\\s\\x{FEFF}]*(<think>[\\s\\S]*</think>)?\\s*(```[A-Za-z0-9]*\\s*(\\{[\\s\\S]*\\})\\s*```|(\\{[\\s\\S]*\\}))\\s*$', '$3$4'), '}')), '$.object', 'variant'))
        end as _dbt_llm_json
    from llm_answered
),

llm_values as (
    select
        *,
        try_variant_get(_dbt_llm_json, '$["has_pii"]', 'variant') as _dbt_llm_value_has_pii,
        try_variant_get(_dbt_llm_json, '$["pii_types"]', 'variant') as _dbt_llm_value_pii_types,
        try_variant_get(_dbt_llm_json, '$["confidence"]', 'variant') as _dbt_llm_value_confidence
    from llm_parsed
),

llm_validated as (
    select
        *,
        case
            when _dbt_llm_prompt is null then 'null_prompt'
            when _dbt_llm_response_status is null then 'not_requested'
            when _dbt_llm_response_status != 'succeeded' then _dbt_llm_error_class
            when _dbt_llm_json is null or not schema_of_variant(_dbt_llm_json) like 'OBJECT<%' then 'invalid_json'
            when _dbt_llm_value_has_pii is null then 'missing:has_pii'
            when not (schema_of_variant(_dbt_llm_value_has_pii) = 'BOOLEAN') then 'wrong_type:has_pii'
            when _dbt_llm_value_pii_types is null then 'missing:pii_types'
            when not (schema_of_variant(_dbt_llm_value_pii_types) like 'ARRAY<%') then 'wrong_type:pii_types'
            when exists(try_variant_get(_dbt_llm_value_pii_types, '$', 'array<variant>'), element -> not (schema_of_variant(element) = 'STRING')) then 'wrong_type:pii_types'
            when exists(try_variant_get(_dbt_llm_value_pii_types, '$', 'array<variant>'), element -> try_variant_get(element, '$', 'string') not in ('email', 'phone', 'ssn', 'card', 'address')) then 'not_in_enum:pii_types'
            when _dbt_llm_value_confidence is null then 'missing:confidence'
            when not ((schema_of_variant(_dbt_llm_value_confidence) = 'BIGINT' or (schema_of_variant(_dbt_llm_value_confidence) like 'DECIMAL%' or schema_of_variant(_dbt_llm_value_confidence) in ('DOUBLE', 'FLOAT')))) then 'wrong_type:confidence'
            when try_variant_get(_dbt_llm_value_confidence, '$', 'double') < 0 then 'out_of_range:confidence'
            when try_variant_get(_dbt_llm_value_confidence, '$', 'double') > 1 then 'out_of_range:confidence'
        end as _dbt_llm_reason
    from llm_values
)

/* dbt_llm: result */
select
    * except (
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
        _dbt_llm_value_has_pii,
        _dbt_llm_value_pii_types,
        _dbt_llm_value_confidence
    ),
    case
        when _dbt_llm_reason is null then try_variant_get(_dbt_llm_value_has_pii, '$', 'boolean')
    end as `has_pii`,
    case
        when _dbt_llm_reason is null then try_variant_get(_dbt_llm_value_pii_types, '$', 'array<string>')
    end as `pii_types`,
    case
        when _dbt_llm_reason is null then try_variant_get(_dbt_llm_value_confidence, '$', 'double')
    end as `confidence`,
    case
        when _dbt_llm_prompt is null then 'skipped'
        when _dbt_llm_is_pending then 'pending'
        when _dbt_llm_reason is not null then 'quarantined'
        else 'succeeded'
    end as llm_status,
    _dbt_llm_reason as llm_reason,
    _dbt_llm_request_key as llm_request_key,
    substr(sha2('Does this support message contain personal data?
<message>{body}</message>
{"confidence":{"maximum":1,"minimum":0,"type":"number"},"has_pii":{"type":"boolean"},"pii_types":{"items":{"enum":["email","phone","ssn","card","address"]},"type":"array"}}
{"max_tokens":200,"temperature":0}', 256), 1, 12) as llm_prompt_version
from llm_validated
/* dbt_llm: end */

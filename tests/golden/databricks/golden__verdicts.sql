/* dbt_llm: candidate current */
with

llm_input as (
    select *
    from (
    select
        cast(message_id as string) as golden_key,
        'golden' as golden_source,
        cast(`body` as string) as `body`,
        lower(cast(expected_has_pii as string)) as expected_has_pii,
        expected_has_pii is not null as has_expected_has_pii,
        cast(expected_pii_types as string) as expected_pii_types,
        expected_pii_types is not null as has_expected_pii_types
    from /* dbt_llm: golden set */ `golden`.`main`.`golden_messages` /* dbt_llm: golden set */
    union all
    select
        request_key as golden_key,
        'verdict' as golden_source,
        try_variant_get(try_variant_get(try_parse_json(max(input)), '$["body"]', 'variant'), '$', 'string') as `body`,
        max(case when column_name = 'has_pii' then expected end) as expected_has_pii,
        max(case when column_name = 'has_pii' then 1 else 0 end) = 1 as has_expected_has_pii,
        max(case when column_name = 'pii_types' then expected end) as expected_pii_types,
        max(case when column_name = 'pii_types' then 1 else 0 end) = 1 as has_expected_pii_types
    from (
    select
    request_key,
    column_name,
    input,
    expected,
    case
        when input is null then 'verdict_not_in_sample'
        when try_variant_get(try_parse_json(input), '$["body"]', 'variant') is null then 'verdict_without_input:body'
        when column_name not in ('has_pii', 'pii_types') then 'verdict_on_other_column'
        when column_name = 'has_pii' and expected is null then 'verdict_without_value'
        when column_name = 'has_pii' and not (expected in ('true', 'false')) then 'verdict_not_allowed'
        when column_name = 'pii_types' and expected is null then 'verdict_without_value'
        when column_name = 'pii_types' and not (coalesce(schema_of_variant(try_parse_json(expected)) like 'ARRAY<%' and not exists(try_variant_get(try_parse_json(expected), '$', 'array<variant>'), element -> coalesce(try_variant_get(element, '$', 'string'), '') not in ('email', 'phone', 'ssn', 'card', 'address')), false)) then 'verdict_not_allowed'
    end as unusable_because
from (
    select
        latest.request_key,
        latest.column_name,
        latest.verdict,
        sampled.input,
        case
            when latest.correct_value is not null then latest.correct_value
            when lower(latest.verdict) = 'right' and latest.column_name = 'has_pii'
                then try_variant_get(try_variant_get(coalesce(try_parse_json(sampled.output), try_variant_get(try_parse_json(concat('{"object":', regexp_replace(sampled.output, '^[\\s\\x{FEFF}]*(<think>[\\s\\S]*</think>)?\\s*(```[A-Za-z0-9]*\\s*(\\{[\\s\\S]*\\})\\s*```|(\\{[\\s\\S]*\\}))\\s*$', '$3$4'), '}')), '$.object', 'variant')), '$["has_pii"]', 'variant'), '$', 'string')
            when lower(latest.verdict) = 'right' and latest.column_name = 'pii_types'
                then case when schema_of_variant(try_variant_get(coalesce(try_parse_json(sampled.output), try_variant_get(try_parse_json(concat('{"object":', regexp_replace(sampled.output, '^[\\s\\x{FEFF}]*(<think>[\\s\\S]*</think>)?\\s*(```[A-Za-z0-9]*\\s*(\\{[\\s\\S]*\\})\\s*```|(\\{[\\s\\S]*\\}))\\s*$', '$3$4'), '}')), '$.object', 'variant')), '$["pii_types"]', 'variant')) like 'ARRAY<%' then to_json(try_variant_get(coalesce(try_parse_json(sampled.output), try_variant_get(try_parse_json(concat('{"object":', regexp_replace(sampled.output, '^[\\s\\x{FEFF}]*(<think>[\\s\\S]*</think>)?\\s*(```[A-Za-z0-9]*\\s*(\\{[\\s\\S]*\\})\\s*```|(\\{[\\s\\S]*\\}))\\s*$', '$3$4'), '}')), '$.object', 'variant')), '$["pii_types"]', 'variant')) end
        end as expected
    from (
        select
            request_key,
            column_name,
            verdict,
            cast(correct_value as string) as correct_value,
            row_number() over (partition by request_key, column_name order by reviewed_at desc) as newest_first
        from `golden`.`main`.`verdicts`
        where task = 'enrich__table'
    ) as latest
    left join (
        select
            request_key,
            input,
            output,
            row_number() over (partition by request_key order by sampled_at desc) as newest_first
        from `golden`.`main`.`dbt_llm__review_sample`
        where task = 'enrich__table'
    ) as sampled
        on latest.request_key = sampled.request_key and sampled.newest_first = 1
    where latest.newest_first = 1
) as known
    ) as judged
    where unusable_because is null
    group by request_key
) as golden_rows
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
        expected_has_pii,
        has_expected_has_pii,
        case
            when _dbt_llm_reason is null then try_variant_get(_dbt_llm_value_has_pii, '$', 'string')
        end as answered_has_pii,
        expected_pii_types,
        has_expected_pii_types,
        case
            when _dbt_llm_reason is null then case when schema_of_variant(_dbt_llm_value_pii_types) like 'ARRAY<%' then to_json(_dbt_llm_value_pii_types) end
        end as answered_pii_types
    from llm_validated
)

select
    'enrich__table' as task,
    'current' as candidate,
    'databricks-meta-llama-3-3-70b-instruct' as model_name,
    golden_key,
    golden_source,
    'has_pii' as column_name,
    'label' as kind,
    expected_has_pii as expected,
    answered_has_pii as answered,
    case
        when llm_status = 'pending' then cast(null as boolean)
        when llm_status = 'succeeded' and expected_has_pii is null and answered_has_pii is null then true
        when llm_status = 'succeeded' and answered_has_pii = expected_has_pii then true
        else false
    end as is_correct,
    cast(null as double) as deviation,
    cast(null as bigint) as expected_size,
    cast(null as bigint) as answered_size,
    cast(null as bigint) as common_size,
    llm_status,
    llm_reason,
    llm_request_key,
    substr(sha2('Does this support message contain personal data?
<message>{body}</message>
{"confidence":{"maximum":1,"minimum":0,"type":"number"},"has_pii":{"type":"boolean"},"pii_types":{"items":{"enum":["email","phone","ssn","card","address"]},"type":"array"}}
{"max_tokens":200,"temperature":0}', 256), 1, 12) as llm_prompt_version
from llm_outcomes
where has_expected_has_pii

union all

select
    'enrich__table' as task,
    'current' as candidate,
    'databricks-meta-llama-3-3-70b-instruct' as model_name,
    golden_key,
    golden_source,
    'pii_types' as column_name,
    'array' as kind,
    expected_pii_types as expected,
    answered_pii_types as answered,
    case
        when llm_status = 'pending' then cast(null as boolean)
        when llm_status = 'succeeded' and expected_pii_types is null and answered_pii_types is null then true
        when llm_status = 'succeeded' and array_size(array_distinct(try_variant_get(try_parse_json(answered_pii_types), '$', 'array<string>'))) = array_size(array_distinct(try_variant_get(try_parse_json(expected_pii_types), '$', 'array<string>'))) and array_size(array_intersect(try_variant_get(try_parse_json(answered_pii_types), '$', 'array<string>'), try_variant_get(try_parse_json(expected_pii_types), '$', 'array<string>'))) = array_size(array_distinct(try_variant_get(try_parse_json(expected_pii_types), '$', 'array<string>'))) then true
        else false
    end as is_correct,
    cast(null as double) as deviation,
    cast(array_size(array_distinct(try_variant_get(try_parse_json(expected_pii_types), '$', 'array<string>'))) as bigint) as expected_size,
    cast(array_size(array_distinct(try_variant_get(try_parse_json(answered_pii_types), '$', 'array<string>'))) as bigint) as answered_size,
    cast(array_size(array_intersect(try_variant_get(try_parse_json(answered_pii_types), '$', 'array<string>'), try_variant_get(try_parse_json(expected_pii_types), '$', 'array<string>'))) as bigint) as common_size,
    llm_status,
    llm_reason,
    llm_request_key,
    substr(sha2('Does this support message contain personal data?
<message>{body}</message>
{"confidence":{"maximum":1,"minimum":0,"type":"number"},"has_pii":{"type":"boolean"},"pii_types":{"items":{"enum":["email","phone","ssn","card","address"]},"type":"array"}}
{"max_tokens":200,"temperature":0}', 256), 1, 12) as llm_prompt_version
from llm_outcomes
where has_expected_pii_types

union all

select
    'enrich__table' as task,
    'current' as candidate,
    'databricks-meta-llama-3-3-70b-instruct' as model_name,
    request_key as golden_key,
    'verdict' as golden_source,
    column_name,
    cast(null as string) as kind,
    expected,
    cast(null as string) as answered,
    cast(null as boolean) as is_correct,
    cast(null as double) as deviation,
    cast(null as bigint) as expected_size,
    cast(null as bigint) as answered_size,
    cast(null as bigint) as common_size,
    'unusable' as llm_status,
    unusable_because as llm_reason,
    request_key as llm_request_key,
    substr(sha2('Does this support message contain personal data?
<message>{body}</message>
{"confidence":{"maximum":1,"minimum":0,"type":"number"},"has_pii":{"type":"boolean"},"pii_types":{"items":{"enum":["email","phone","ssn","card","address"]},"type":"array"}}
{"max_tokens":200,"temperature":0}', 256), 1, 12) as llm_prompt_version
from (
select
    request_key,
    column_name,
    input,
    expected,
    case
        when input is null then 'verdict_not_in_sample'
        when try_variant_get(try_parse_json(input), '$["body"]', 'variant') is null then 'verdict_without_input:body'
        when column_name not in ('has_pii', 'pii_types') then 'verdict_on_other_column'
        when column_name = 'has_pii' and expected is null then 'verdict_without_value'
        when column_name = 'has_pii' and not (expected in ('true', 'false')) then 'verdict_not_allowed'
        when column_name = 'pii_types' and expected is null then 'verdict_without_value'
        when column_name = 'pii_types' and not (coalesce(schema_of_variant(try_parse_json(expected)) like 'ARRAY<%' and not exists(try_variant_get(try_parse_json(expected), '$', 'array<variant>'), element -> coalesce(try_variant_get(element, '$', 'string'), '') not in ('email', 'phone', 'ssn', 'card', 'address')), false)) then 'verdict_not_allowed'
    end as unusable_because
from (
    select
        latest.request_key,
        latest.column_name,
        latest.verdict,
        sampled.input,
        case
            when latest.correct_value is not null then latest.correct_value
            when lower(latest.verdict) = 'right' and latest.column_name = 'has_pii'
                then try_variant_get(try_variant_get(coalesce(try_parse_json(sampled.output), try_variant_get(try_parse_json(concat('{"object":', regexp_replace(sampled.output, '^[\\s\\x{FEFF}]*(<think>[\\s\\S]*</think>)?\\s*(```[A-Za-z0-9]*\\s*(\\{[\\s\\S]*\\})\\s*```|(\\{[\\s\\S]*\\}))\\s*$', '$3$4'), '}')), '$.object', 'variant')), '$["has_pii"]', 'variant'), '$', 'string')
            when lower(latest.verdict) = 'right' and latest.column_name = 'pii_types'
                then case when schema_of_variant(try_variant_get(coalesce(try_parse_json(sampled.output), try_variant_get(try_parse_json(concat('{"object":', regexp_replace(sampled.output, '^[\\s\\x{FEFF}]*(<think>[\\s\\S]*</think>)?\\s*(```[A-Za-z0-9]*\\s*(\\{[\\s\\S]*\\})\\s*```|(\\{[\\s\\S]*\\}))\\s*$', '$3$4'), '}')), '$.object', 'variant')), '$["pii_types"]', 'variant')) like 'ARRAY<%' then to_json(try_variant_get(coalesce(try_parse_json(sampled.output), try_variant_get(try_parse_json(concat('{"object":', regexp_replace(sampled.output, '^[\\s\\x{FEFF}]*(<think>[\\s\\S]*</think>)?\\s*(```[A-Za-z0-9]*\\s*(\\{[\\s\\S]*\\})\\s*```|(\\{[\\s\\S]*\\}))\\s*$', '$3$4'), '}')), '$.object', 'variant')), '$["pii_types"]', 'variant')) end
        end as expected
    from (
        select
            request_key,
            column_name,
            verdict,
            cast(correct_value as string) as correct_value,
            row_number() over (partition by request_key, column_name order by reviewed_at desc) as newest_first
        from `golden`.`main`.`verdicts`
        where task = 'enrich__table'
    ) as latest
    left join (
        select
            request_key,
            input,
            output,
            row_number() over (partition by request_key order by sampled_at desc) as newest_first
        from `golden`.`main`.`dbt_llm__review_sample`
        where task = 'enrich__table'
    ) as sampled
        on latest.request_key = sampled.request_key and sampled.newest_first = 1
    where latest.newest_first = 1
) as known
) as judged
where unusable_because is not null
/* dbt_llm: end */

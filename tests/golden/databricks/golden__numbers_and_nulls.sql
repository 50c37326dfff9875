/* dbt_llm: candidate current */
with

llm_input as (
    select *
    from (
    select
        cast(message_id as string)
            || '|'
            || cast(channel as string) as golden_key,
        'golden' as golden_source,
        cast(`body` as string) as `body`,
        cast(expected_score as string) as expected_score,
        true as has_expected_score,
        cast(expected_due_on as string) as expected_due_on,
        true as has_expected_due_on
    from /* dbt_llm: golden set */ `golden`.`main`.`golden_messages` /* dbt_llm: golden set */
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
        'Read: '
            || cast(`body` as string) as _dbt_llm_prompt
    from llm_input
),

llm_requests as (
    select
        *,
        sha2(sha2('1
databricks-meta-llama-3-3-70b-instruct
{}
{"additionalProperties":false,"properties":{"address":{"additionalProperties":false,"properties":{"city":{"type":"string"},"zip":{"nullable":true,"type":"integer"}},"type":"object"},"count":{"exclusiveMaximum":100,"minimum":0,"type":"integer"},"due_on":{"format":"date","nullable":true,"type":"string"},"kind":{"maxLength":20,"minLength":1,"pattern":"^[a-z]+$","type":"string"},"level":{"enum":[1,2,3]},"lines":{"items":{"properties":{"name":{"type":"string"},"tags":{"items":{"maxLength":9,"type":"string"},"type":"array"}},"required":["name"],"type":"object"},"maxItems":10,"minItems":1,"type":"array"},"score":{"exclusiveMinimum":0,"type":["number","null"]},"seen_at":{"format":"date-time","type":"string"},"version":{"const":2}},"required":["kind","count","address","lines"],"type":"object"}', 256)
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
                then llm_responses.attempt - llm_responses.superseded < 5
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
        try_variant_get(_dbt_llm_json, '$["kind"]', 'variant') as _dbt_llm_value_kind,
        try_variant_get(_dbt_llm_json, '$["count"]', 'variant') as _dbt_llm_value_count,
        try_variant_get(_dbt_llm_json, '$["version"]', 'variant') as _dbt_llm_value_version,
        try_variant_get(_dbt_llm_json, '$["score"]', 'variant') as _dbt_llm_value_score,
        try_variant_get(_dbt_llm_json, '$["level"]', 'variant') as _dbt_llm_value_level,
        try_variant_get(_dbt_llm_json, '$["due_on"]', 'variant') as _dbt_llm_value_due_on,
        try_variant_get(_dbt_llm_json, '$["seen_at"]', 'variant') as _dbt_llm_value_seen_at,
        try_variant_get(_dbt_llm_json, '$["address"]', 'variant') as _dbt_llm_value_address,
        try_variant_get(_dbt_llm_json, '$["lines"]', 'variant') as _dbt_llm_value_lines
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
            when exists(map_keys(try_variant_get(_dbt_llm_json, '$', 'map<string, variant>')), k -> k not in ('kind', 'count', 'version', 'score', 'level', 'due_on', 'seen_at', 'address', 'lines')) then 'unexpected_property'
            when _dbt_llm_value_kind is null then 'missing:kind'
            when not (schema_of_variant(_dbt_llm_value_kind) = 'STRING') then 'wrong_type:kind'
            when char_length(try_variant_get(_dbt_llm_value_kind, '$', 'string')) < 1 then 'wrong_length:kind'
            when char_length(try_variant_get(_dbt_llm_value_kind, '$', 'string')) > 20 then 'wrong_length:kind'
            when not regexp_like(try_variant_get(_dbt_llm_value_kind, '$', 'string'), '^[a-z]+\\z') then 'no_match:kind'
            when _dbt_llm_value_count is null then 'missing:count'
            when not ((schema_of_variant(_dbt_llm_value_count) = 'BIGINT' or schema_of_variant(_dbt_llm_value_count) like 'DECIMAL(%,0)' or (schema_of_variant(_dbt_llm_value_count) in ('DOUBLE', 'FLOAT') and try_variant_get(_dbt_llm_value_count, '$', 'double') % 1 = 0))) then 'wrong_type:count'
            when try_variant_get(_dbt_llm_value_count, '$', 'bigint') < 0 then 'out_of_range:count'
            when try_variant_get(_dbt_llm_value_count, '$', 'bigint') >= 100 then 'out_of_range:count'
            when coalesce(try_variant_get(_dbt_llm_value_count, '$', 'bigint') not between -9007199254740991 and 9007199254740991, try_variant_get(_dbt_llm_value_count, '$', 'string') is not null) and (try_variant_get(_dbt_llm_value_count, '$', 'bigint') is null or (schema_of_variant(_dbt_llm_value_count) like 'DECIMAL%' or schema_of_variant(_dbt_llm_value_count) in ('DOUBLE', 'FLOAT'))) then 'out_of_range:count'
            when not (schema_of_variant(_dbt_llm_value_version) = 'VOID' or (schema_of_variant(_dbt_llm_value_version) = 'BIGINT' or schema_of_variant(_dbt_llm_value_version) like 'DECIMAL(%,0)' or (schema_of_variant(_dbt_llm_value_version) in ('DOUBLE', 'FLOAT') and try_variant_get(_dbt_llm_value_version, '$', 'double') % 1 = 0))) then 'wrong_type:version'
            when try_variant_get(_dbt_llm_value_version, '$', 'bigint') not in (2) then 'not_const:version'
            when coalesce(try_variant_get(_dbt_llm_value_version, '$', 'bigint') not between -9007199254740991 and 9007199254740991, try_variant_get(_dbt_llm_value_version, '$', 'string') is not null) and (try_variant_get(_dbt_llm_value_version, '$', 'bigint') is null or (schema_of_variant(_dbt_llm_value_version) like 'DECIMAL%' or schema_of_variant(_dbt_llm_value_version) in ('DOUBLE', 'FLOAT'))) then 'out_of_range:version'
            when not (schema_of_variant(_dbt_llm_value_score) = 'VOID' or (schema_of_variant(_dbt_llm_value_score) = 'BIGINT' or (schema_of_variant(_dbt_llm_value_score) like 'DECIMAL%' or schema_of_variant(_dbt_llm_value_score) in ('DOUBLE', 'FLOAT')))) then 'wrong_type:score'
            when try_variant_get(_dbt_llm_value_score, '$', 'double') <= 0 then 'out_of_range:score'
            when abs(try_variant_get(_dbt_llm_value_score, '$', 'double')) >= 9007199254740992 and (abs(try_variant_get(_dbt_llm_value_score, '$', 'double')) > 1.7976931348623157e308 or (not (schema_of_variant(_dbt_llm_value_score) like 'DECIMAL%' or schema_of_variant(_dbt_llm_value_score) in ('DOUBLE', 'FLOAT')) and coalesce(try_variant_get(_dbt_llm_value_score, '$', 'bigint') != try_cast(try_variant_get(_dbt_llm_value_score, '$', 'double') as bigint), true))) then 'out_of_range:score'
            when not (schema_of_variant(_dbt_llm_value_level) = 'VOID' or (schema_of_variant(_dbt_llm_value_level) = 'BIGINT' or schema_of_variant(_dbt_llm_value_level) like 'DECIMAL(%,0)' or (schema_of_variant(_dbt_llm_value_level) in ('DOUBLE', 'FLOAT') and try_variant_get(_dbt_llm_value_level, '$', 'double') % 1 = 0))) then 'wrong_type:level'
            when try_variant_get(_dbt_llm_value_level, '$', 'bigint') not in (1, 2, 3) then 'not_in_enum:level'
            when coalesce(try_variant_get(_dbt_llm_value_level, '$', 'bigint') not between -9007199254740991 and 9007199254740991, try_variant_get(_dbt_llm_value_level, '$', 'string') is not null) and (try_variant_get(_dbt_llm_value_level, '$', 'bigint') is null or (schema_of_variant(_dbt_llm_value_level) like 'DECIMAL%' or schema_of_variant(_dbt_llm_value_level) in ('DOUBLE', 'FLOAT'))) then 'out_of_range:level'
            when not (schema_of_variant(_dbt_llm_value_due_on) = 'VOID' or schema_of_variant(_dbt_llm_value_due_on) = 'STRING') then 'wrong_type:due_on'
            when try_variant_get(_dbt_llm_value_due_on, '$', 'string') is not null and not (regexp_like(try_variant_get(_dbt_llm_value_due_on, '$', 'string'), '^[0-9]{4}-[0-9]{2}-[0-9]{2}\\z') and try_cast(try_variant_get(_dbt_llm_value_due_on, '$', 'string') as date) is not null) then 'wrong_format:due_on'
            when not (schema_of_variant(_dbt_llm_value_seen_at) = 'VOID' or schema_of_variant(_dbt_llm_value_seen_at) = 'STRING') then 'wrong_type:seen_at'
            when try_variant_get(_dbt_llm_value_seen_at, '$', 'string') is not null and not (regexp_like(try_variant_get(_dbt_llm_value_seen_at, '$', 'string'), '^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])\\z') and (try_cast(regexp_replace(upper(try_variant_get(_dbt_llm_value_seen_at, '$', 'string')), '[+-][0-9]{2}:[0-9]{2}\\z', 'Z') as timestamp) - coalesce(try_cast(regexp_extract(try_variant_get(_dbt_llm_value_seen_at, '$', 'string'), '[+-][0-9]{2}:[0-9]{2}\\z', 0) as interval hour to minute), interval '0:00' hour to minute)) is not null) then 'wrong_format:seen_at'
            when _dbt_llm_value_address is null then 'missing:address'
            when not (schema_of_variant(_dbt_llm_value_address) like 'OBJECT<%') then 'wrong_type:address'
            when exists(map_keys(try_variant_get(_dbt_llm_value_address, '$', 'map<string, variant>')), k -> k not in ('city', 'zip')) then 'unexpected_property:address'
            when schema_of_variant(_dbt_llm_value_address) like 'OBJECT<%' and (try_variant_get(_dbt_llm_value_address, '$["city"]', 'variant') is null) then 'missing:address.city'
            when schema_of_variant(_dbt_llm_value_address) like 'OBJECT<%' and (not (schema_of_variant(try_variant_get(_dbt_llm_value_address, '$["city"]', 'variant')) = 'STRING')) then 'wrong_type:address.city'
            when schema_of_variant(_dbt_llm_value_address) like 'OBJECT<%' and (try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant') is null) then 'missing:address.zip'
            when schema_of_variant(_dbt_llm_value_address) like 'OBJECT<%' and (not (schema_of_variant(try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant')) = 'VOID' or (schema_of_variant(try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant')) = 'BIGINT' or schema_of_variant(try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant')) like 'DECIMAL(%,0)' or (schema_of_variant(try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant')) in ('DOUBLE', 'FLOAT') and try_variant_get(try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant'), '$', 'double') % 1 = 0)))) then 'wrong_type:address.zip'
            when schema_of_variant(_dbt_llm_value_address) like 'OBJECT<%' and (coalesce(try_variant_get(try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant'), '$', 'bigint') not between -9007199254740991 and 9007199254740991, try_variant_get(try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant'), '$', 'string') is not null) and (try_variant_get(try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant'), '$', 'bigint') is null or (schema_of_variant(try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant')) like 'DECIMAL%' or schema_of_variant(try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant')) in ('DOUBLE', 'FLOAT')))) then 'out_of_range:address.zip'
            when _dbt_llm_value_lines is null then 'missing:lines'
            when not (schema_of_variant(_dbt_llm_value_lines) like 'ARRAY<%') then 'wrong_type:lines'
            when schema_of_variant(_dbt_llm_value_lines) like 'ARRAY<%' and array_size(try_variant_get(_dbt_llm_value_lines, '$', 'array<variant>')) < 1 then 'wrong_length:lines'
            when schema_of_variant(_dbt_llm_value_lines) like 'ARRAY<%' and array_size(try_variant_get(_dbt_llm_value_lines, '$', 'array<variant>')) > 10 then 'wrong_length:lines'
            when exists(try_variant_get(_dbt_llm_value_lines, '$', 'array<variant>'), element -> not (schema_of_variant(element) like 'OBJECT<%')) then 'wrong_type:lines'
            when exists(try_variant_get(_dbt_llm_value_lines, '$', 'array<variant>'), element -> schema_of_variant(element) like 'OBJECT<%' and (try_variant_get(element, '$["name"]', 'variant') is null)) then 'missing:lines.name'
            when exists(try_variant_get(_dbt_llm_value_lines, '$', 'array<variant>'), element -> schema_of_variant(element) like 'OBJECT<%' and (not (schema_of_variant(try_variant_get(element, '$["name"]', 'variant')) = 'STRING'))) then 'wrong_type:lines.name'
            when exists(try_variant_get(_dbt_llm_value_lines, '$', 'array<variant>'), element -> schema_of_variant(element) like 'OBJECT<%' and (not (schema_of_variant(try_variant_get(element, '$["tags"]', 'variant')) = 'VOID' or schema_of_variant(try_variant_get(element, '$["tags"]', 'variant')) like 'ARRAY<%'))) then 'wrong_type:lines.tags'
            when exists(try_variant_get(_dbt_llm_value_lines, '$', 'array<variant>'), element -> schema_of_variant(element) like 'OBJECT<%' and (exists(try_variant_get(try_variant_get(element, '$["tags"]', 'variant'), '$', 'array<variant>'), element_48 -> not (schema_of_variant(element_48) = 'STRING')))) then 'wrong_type:lines.tags'
            when exists(try_variant_get(_dbt_llm_value_lines, '$', 'array<variant>'), element -> schema_of_variant(element) like 'OBJECT<%' and (exists(try_variant_get(try_variant_get(element, '$["tags"]', 'variant'), '$', 'array<variant>'), element_48 -> char_length(try_variant_get(element_48, '$', 'string')) > 9))) then 'wrong_length:lines.tags'
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
        expected_score,
        has_expected_score,
        case
            when _dbt_llm_reason is null then try_variant_get(_dbt_llm_value_score, '$', 'string')
        end as answered_score,
        expected_due_on,
        has_expected_due_on,
        case
            when _dbt_llm_reason is null then try_variant_get(_dbt_llm_value_due_on, '$', 'string')
        end as answered_due_on
    from llm_validated
)

select
    'enrich__every_schema_construct' as task,
    'current' as candidate,
    'databricks-meta-llama-3-3-70b-instruct' as model_name,
    golden_key,
    golden_source,
    'score' as column_name,
    'number' as kind,
    expected_score as expected,
    answered_score as answered,
    case
        when llm_status = 'pending' then cast(null as boolean)
        when llm_status = 'succeeded' and expected_score is null and answered_score is null then true
        when llm_status = 'succeeded' and abs(try_variant_get(try_parse_json(answered_score), '$', 'double') - try_variant_get(try_parse_json(expected_score), '$', 'double')) <= 0.1 + 0.000000001 then true
        else false
    end as is_correct,
    try_variant_get(try_parse_json(answered_score), '$', 'double') - try_variant_get(try_parse_json(expected_score), '$', 'double') as deviation,
    cast(null as bigint) as expected_size,
    cast(null as bigint) as answered_size,
    cast(null as bigint) as common_size,
    llm_status,
    llm_reason,
    llm_request_key,
    substr(sha2('Read: {body}
{"additionalProperties":false,"properties":{"address":{"additionalProperties":false,"properties":{"city":{"type":"string"},"zip":{"nullable":true,"type":"integer"}},"type":"object"},"count":{"exclusiveMaximum":100,"minimum":0,"type":"integer"},"due_on":{"format":"date","nullable":true,"type":"string"},"kind":{"maxLength":20,"minLength":1,"pattern":"^[a-z]+$","type":"string"},"level":{"enum":[1,2,3]},"lines":{"items":{"properties":{"name":{"type":"string"},"tags":{"items":{"maxLength":9,"type":"string"},"type":"array"}},"required":["name"],"type":"object"},"maxItems":10,"minItems":1,"type":"array"},"score":{"exclusiveMinimum":0,"type":["number","null"]},"seen_at":{"format":"date-time","type":"string"},"version":{"const":2}},"required":["kind","count","address","lines"],"type":"object"}
{}', 256), 1, 12) as llm_prompt_version
from llm_outcomes
where has_expected_score

union all

select
    'enrich__every_schema_construct' as task,
    'current' as candidate,
    'databricks-meta-llama-3-3-70b-instruct' as model_name,
    golden_key,
    golden_source,
    'due_on' as column_name,
    'text' as kind,
    expected_due_on as expected,
    answered_due_on as answered,
    case
        when llm_status = 'pending' then cast(null as boolean)
        when llm_status = 'succeeded' and expected_due_on is null and answered_due_on is null then true
        when llm_status = 'succeeded' and answered_due_on = expected_due_on then true
        else false
    end as is_correct,
    cast(null as double) as deviation,
    cast(null as bigint) as expected_size,
    cast(null as bigint) as answered_size,
    cast(null as bigint) as common_size,
    llm_status,
    llm_reason,
    llm_request_key,
    substr(sha2('Read: {body}
{"additionalProperties":false,"properties":{"address":{"additionalProperties":false,"properties":{"city":{"type":"string"},"zip":{"nullable":true,"type":"integer"}},"type":"object"},"count":{"exclusiveMaximum":100,"minimum":0,"type":"integer"},"due_on":{"format":"date","nullable":true,"type":"string"},"kind":{"maxLength":20,"minLength":1,"pattern":"^[a-z]+$","type":"string"},"level":{"enum":[1,2,3]},"lines":{"items":{"properties":{"name":{"type":"string"},"tags":{"items":{"maxLength":9,"type":"string"},"type":"array"}},"required":["name"],"type":"object"},"maxItems":10,"minItems":1,"type":"array"},"score":{"exclusiveMinimum":0,"type":["number","null"]},"seen_at":{"format":"date-time","type":"string"},"version":{"const":2}},"required":["kind","count","address","lines"],"type":"object"}
{}', 256), 1, 12) as llm_prompt_version
from llm_outcomes
where has_expected_due_on
/* dbt_llm: end */

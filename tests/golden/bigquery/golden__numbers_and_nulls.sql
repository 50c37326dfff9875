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
        to_hex(sha256(to_hex(sha256('1\ngemini-3.1-flash-lite\n{}\n{"additionalProperties":false,"properties":{"address":{"additionalProperties":false,"properties":{"city":{"type":"string"},"zip":{"nullable":true,"type":"integer"}},"type":"object"},"count":{"exclusiveMaximum":100,"minimum":0,"type":"integer"},"due_on":{"format":"date","nullable":true,"type":"string"},"kind":{"maxLength":20,"minLength":1,"pattern":"^[a-z]+$","type":"string"},"level":{"enum":[1,2,3]},"lines":{"items":{"properties":{"name":{"type":"string"},"tags":{"items":{"maxLength":9,"type":"string"},"type":"array"}},"required":["name"],"type":"object"},"maxItems":10,"minItems":1,"type":"array"},"score":{"exclusiveMinimum":0,"type":["number","null"]},"seen_at":{"format":"date-time","type":"string"},"version":{"const":2}},"required":["kind","count","address","lines"],"type":"object"}'))
            || '\n'
            || _dbt_llm_prompt)) as _dbt_llm_request_key
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
            when substr(_dbt_llm_completion, 1, 1) = '{' then safe.parse_json(_dbt_llm_completion, wide_number_mode => 'round')
            else safe.parse_json(regexp_replace(_dbt_llm_completion, '^[\\s\\x{FEFF}]*(<think>[\\s\\S]*</think>)?\\s*(```[A-Za-z0-9]*\\s*(\\{[\\s\\S]*\\})\\s*```|(\\{[\\s\\S]*\\}))\\s*$', '\\3\\4'), wide_number_mode => 'round')
        end as _dbt_llm_json
    from llm_answered
),

llm_values as (
    select
        *,
        json_query(_dbt_llm_json, '$."kind"') as _dbt_llm_value_kind,
        json_query(_dbt_llm_json, '$."count"') as _dbt_llm_value_count,
        json_query(_dbt_llm_json, '$."version"') as _dbt_llm_value_version,
        json_query(_dbt_llm_json, '$."score"') as _dbt_llm_value_score,
        json_query(_dbt_llm_json, '$."level"') as _dbt_llm_value_level,
        json_query(_dbt_llm_json, '$."due_on"') as _dbt_llm_value_due_on,
        json_query(_dbt_llm_json, '$."seen_at"') as _dbt_llm_value_seen_at,
        json_query(_dbt_llm_json, '$."address"') as _dbt_llm_value_address,
        json_query(_dbt_llm_json, '$."lines"') as _dbt_llm_value_lines
    from llm_parsed
),

llm_validated as (
    select
        *,
        case
            when _dbt_llm_prompt is null then 'null_prompt'
            when _dbt_llm_response_status is null then 'not_requested'
            when _dbt_llm_response_status != 'succeeded' then _dbt_llm_error_class
            when _dbt_llm_json is null or not json_type(_dbt_llm_json) = 'object' then 'invalid_json'
            when exists (select 1 from unnest(json_keys(_dbt_llm_json, 1)) as k where k not in ('kind', 'count', 'version', 'score', 'level', 'due_on', 'seen_at', 'address', 'lines')) then 'unexpected_property'
            when _dbt_llm_value_kind is null then 'missing:kind'
            when not (json_type(_dbt_llm_value_kind) = 'string') then 'wrong_type:kind'
            when char_length(json_value(_dbt_llm_value_kind)) < 1 then 'wrong_length:kind'
            when char_length(json_value(_dbt_llm_value_kind)) > 20 then 'wrong_length:kind'
            when not regexp_contains(json_value(_dbt_llm_value_kind), '^[a-z]+$') then 'no_match:kind'
            when _dbt_llm_value_count is null then 'missing:count'
            when not ((json_type(_dbt_llm_value_count) = 'number' and safe_cast(json_value(_dbt_llm_value_count) as float64) = trunc(safe_cast(json_value(_dbt_llm_value_count) as float64)))) then 'wrong_type:count'
            when coalesce(safe_cast(json_value(_dbt_llm_value_count) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_count) as float64) as int64)) < 0 then 'out_of_range:count'
            when coalesce(safe_cast(json_value(_dbt_llm_value_count) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_count) as float64) as int64)) >= 100 then 'out_of_range:count'
            when coalesce(coalesce(safe_cast(json_value(_dbt_llm_value_count) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_count) as float64) as int64)) not between -9007199254740991 and 9007199254740991, json_value(_dbt_llm_value_count) is not null) and (coalesce(safe_cast(json_value(_dbt_llm_value_count) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_count) as float64) as int64)) is null or (json_type(_dbt_llm_value_count) = 'number' and not regexp_contains(json_value(_dbt_llm_value_count), '^-?[0-9]+$'))) then 'out_of_range:count'
            when not (json_type(_dbt_llm_value_version) = 'null' or (json_type(_dbt_llm_value_version) = 'number' and safe_cast(json_value(_dbt_llm_value_version) as float64) = trunc(safe_cast(json_value(_dbt_llm_value_version) as float64)))) then 'wrong_type:version'
            when coalesce(safe_cast(json_value(_dbt_llm_value_version) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_version) as float64) as int64)) not in (2) then 'not_const:version'
            when coalesce(coalesce(safe_cast(json_value(_dbt_llm_value_version) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_version) as float64) as int64)) not between -9007199254740991 and 9007199254740991, json_value(_dbt_llm_value_version) is not null) and (coalesce(safe_cast(json_value(_dbt_llm_value_version) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_version) as float64) as int64)) is null or (json_type(_dbt_llm_value_version) = 'number' and not regexp_contains(json_value(_dbt_llm_value_version), '^-?[0-9]+$'))) then 'out_of_range:version'
            when not (json_type(_dbt_llm_value_score) = 'null' or json_type(_dbt_llm_value_score) = 'number') then 'wrong_type:score'
            when safe_cast(json_value(_dbt_llm_value_score) as float64) <= 0 then 'out_of_range:score'
            when abs(safe_cast(json_value(_dbt_llm_value_score) as float64)) >= 9007199254740992 and (abs(safe_cast(json_value(_dbt_llm_value_score) as float64)) > 1.7976931348623157e308 or (not (json_type(_dbt_llm_value_score) = 'number' and not regexp_contains(json_value(_dbt_llm_value_score), '^-?[0-9]+$')) and coalesce(coalesce(safe_cast(json_value(_dbt_llm_value_score) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_score) as float64) as int64)) != safe_cast(safe_cast(json_value(_dbt_llm_value_score) as float64) as int64), true))) then 'out_of_range:score'
            when not (json_type(_dbt_llm_value_level) = 'null' or (json_type(_dbt_llm_value_level) = 'number' and safe_cast(json_value(_dbt_llm_value_level) as float64) = trunc(safe_cast(json_value(_dbt_llm_value_level) as float64)))) then 'wrong_type:level'
            when coalesce(safe_cast(json_value(_dbt_llm_value_level) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_level) as float64) as int64)) not in (1, 2, 3) then 'not_in_enum:level'
            when coalesce(coalesce(safe_cast(json_value(_dbt_llm_value_level) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_level) as float64) as int64)) not between -9007199254740991 and 9007199254740991, json_value(_dbt_llm_value_level) is not null) and (coalesce(safe_cast(json_value(_dbt_llm_value_level) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_level) as float64) as int64)) is null or (json_type(_dbt_llm_value_level) = 'number' and not regexp_contains(json_value(_dbt_llm_value_level), '^-?[0-9]+$'))) then 'out_of_range:level'
            when not (json_type(_dbt_llm_value_due_on) = 'null' or json_type(_dbt_llm_value_due_on) = 'string') then 'wrong_type:due_on'
            when json_value(_dbt_llm_value_due_on) is not null and not (regexp_contains(json_value(_dbt_llm_value_due_on), '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') and safe_cast(json_value(_dbt_llm_value_due_on) as date) is not null) then 'wrong_format:due_on'
            when not (json_type(_dbt_llm_value_seen_at) = 'null' or json_type(_dbt_llm_value_seen_at) = 'string') then 'wrong_type:seen_at'
            when json_value(_dbt_llm_value_seen_at) is not null and not (regexp_contains(json_value(_dbt_llm_value_seen_at), '^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$') and safe.timestamp_sub(safe_cast(regexp_replace(upper(json_value(_dbt_llm_value_seen_at)), '^(.{19}([.][0-9]{1,6})?).*$', '\\1Z') as timestamp), interval coalesce(60 * safe_cast(concat(regexp_extract(json_value(_dbt_llm_value_seen_at), '([+-])[0-9]{2}:[0-9]{2}$'), regexp_extract(json_value(_dbt_llm_value_seen_at), '[+-]([0-9]{2}):[0-9]{2}$')) as int64) + safe_cast(concat(regexp_extract(json_value(_dbt_llm_value_seen_at), '([+-])[0-9]{2}:[0-9]{2}$'), regexp_extract(json_value(_dbt_llm_value_seen_at), '[+-][0-9]{2}:([0-9]{2})$')) as int64), 0) minute) is not null) then 'wrong_format:seen_at'
            when _dbt_llm_value_address is null then 'missing:address'
            when not (json_type(_dbt_llm_value_address) = 'object') then 'wrong_type:address'
            when exists (select 1 from unnest(json_keys(_dbt_llm_value_address, 1)) as k where k not in ('city', 'zip')) then 'unexpected_property:address'
            when json_type(_dbt_llm_value_address) = 'object' and (json_query(_dbt_llm_value_address, '$."city"') is null) then 'missing:address.city'
            when json_type(_dbt_llm_value_address) = 'object' and (not (json_type(json_query(_dbt_llm_value_address, '$."city"')) = 'string')) then 'wrong_type:address.city'
            when json_type(_dbt_llm_value_address) = 'object' and (json_query(_dbt_llm_value_address, '$."zip"') is null) then 'missing:address.zip'
            when json_type(_dbt_llm_value_address) = 'object' and (not (json_type(json_query(_dbt_llm_value_address, '$."zip"')) = 'null' or (json_type(json_query(_dbt_llm_value_address, '$."zip"')) = 'number' and safe_cast(json_value(json_query(_dbt_llm_value_address, '$."zip"')) as float64) = trunc(safe_cast(json_value(json_query(_dbt_llm_value_address, '$."zip"')) as float64))))) then 'wrong_type:address.zip'
            when json_type(_dbt_llm_value_address) = 'object' and (coalesce(coalesce(safe_cast(json_value(json_query(_dbt_llm_value_address, '$."zip"')) as int64), safe_cast(safe_cast(json_value(json_query(_dbt_llm_value_address, '$."zip"')) as float64) as int64)) not between -9007199254740991 and 9007199254740991, json_value(json_query(_dbt_llm_value_address, '$."zip"')) is not null) and (coalesce(safe_cast(json_value(json_query(_dbt_llm_value_address, '$."zip"')) as int64), safe_cast(safe_cast(json_value(json_query(_dbt_llm_value_address, '$."zip"')) as float64) as int64)) is null or (json_type(json_query(_dbt_llm_value_address, '$."zip"')) = 'number' and not regexp_contains(json_value(json_query(_dbt_llm_value_address, '$."zip"')), '^-?[0-9]+$')))) then 'out_of_range:address.zip'
            when _dbt_llm_value_lines is null then 'missing:lines'
            when not (json_type(_dbt_llm_value_lines) = 'array') then 'wrong_type:lines'
            when json_type(_dbt_llm_value_lines) = 'array' and array_length(json_query_array(_dbt_llm_value_lines)) < 1 then 'wrong_length:lines'
            when json_type(_dbt_llm_value_lines) = 'array' and array_length(json_query_array(_dbt_llm_value_lines)) > 10 then 'wrong_length:lines'
            when exists (select 1 from unnest(json_query_array(_dbt_llm_value_lines)) as element where not (json_type(element) = 'object')) then 'wrong_type:lines'
            when exists (select 1 from unnest(json_query_array(_dbt_llm_value_lines)) as element where json_type(element) = 'object' and (json_query(element, '$."name"') is null)) then 'missing:lines.name'
            when exists (select 1 from unnest(json_query_array(_dbt_llm_value_lines)) as element where json_type(element) = 'object' and (not (json_type(json_query(element, '$."name"')) = 'string'))) then 'wrong_type:lines.name'
            when exists (select 1 from unnest(json_query_array(_dbt_llm_value_lines)) as element where json_type(element) = 'object' and (not (json_type(json_query(element, '$."tags"')) = 'null' or json_type(json_query(element, '$."tags"')) = 'array'))) then 'wrong_type:lines.tags'
            when exists (select 1 from unnest(json_query_array(_dbt_llm_value_lines)) as element where json_type(element) = 'object' and (exists (select 1 from unnest(json_query_array(json_query(element, '$."tags"'))) as element_31 where not (json_type(element_31) = 'string')))) then 'wrong_type:lines.tags'
            when exists (select 1 from unnest(json_query_array(_dbt_llm_value_lines)) as element where json_type(element) = 'object' and (exists (select 1 from unnest(json_query_array(json_query(element, '$."tags"'))) as element_31 where char_length(json_value(element_31)) > 9))) then 'wrong_length:lines.tags'
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
            when _dbt_llm_reason is null then json_value(_dbt_llm_value_score)
        end as answered_score,
        expected_due_on,
        has_expected_due_on,
        case
            when _dbt_llm_reason is null then json_value(_dbt_llm_value_due_on)
        end as answered_due_on
    from llm_validated
)

select
    'enrich__every_schema_construct' as task,
    'current' as candidate,
    'gemini-3.1-flash-lite' as model_name,
    golden_key,
    golden_source,
    'score' as column_name,
    'number' as kind,
    expected_score as expected,
    answered_score as answered,
    case
        when llm_status = 'pending' then cast(null as bool)
        when llm_status = 'succeeded' and expected_score is null and answered_score is null then true
        when llm_status = 'succeeded' and abs(safe_cast(json_value(safe.parse_json(answered_score, wide_number_mode => 'round')) as float64) - safe_cast(json_value(safe.parse_json(expected_score, wide_number_mode => 'round')) as float64)) <= 0.1 + 0.000000001 then true
        else false
    end as is_correct,
    safe_cast(json_value(safe.parse_json(answered_score, wide_number_mode => 'round')) as float64) - safe_cast(json_value(safe.parse_json(expected_score, wide_number_mode => 'round')) as float64) as deviation,
    cast(null as int64) as expected_size,
    cast(null as int64) as answered_size,
    cast(null as int64) as common_size,
    llm_status,
    llm_reason,
    llm_request_key,
    substr(to_hex(sha256('Read: {body}\n{"additionalProperties":false,"properties":{"address":{"additionalProperties":false,"properties":{"city":{"type":"string"},"zip":{"nullable":true,"type":"integer"}},"type":"object"},"count":{"exclusiveMaximum":100,"minimum":0,"type":"integer"},"due_on":{"format":"date","nullable":true,"type":"string"},"kind":{"maxLength":20,"minLength":1,"pattern":"^[a-z]+$","type":"string"},"level":{"enum":[1,2,3]},"lines":{"items":{"properties":{"name":{"type":"string"},"tags":{"items":{"maxLength":9,"type":"string"},"type":"array"}},"required":["name"],"type":"object"},"maxItems":10,"minItems":1,"type":"array"},"score":{"exclusiveMinimum":0,"type":["number","null"]},"seen_at":{"format":"date-time","type":"string"},"version":{"const":2}},"required":["kind","count","address","lines"],"type":"object"}\n{}')), 1, 12) as llm_prompt_version
from llm_outcomes
where has_expected_score

union all

select
    'enrich__every_schema_construct' as task,
    'current' as candidate,
    'gemini-3.1-flash-lite' as model_name,
    golden_key,
    golden_source,
    'due_on' as column_name,
    'text' as kind,
    expected_due_on as expected,
    answered_due_on as answered,
    case
        when llm_status = 'pending' then cast(null as bool)
        when llm_status = 'succeeded' and expected_due_on is null and answered_due_on is null then true
        when llm_status = 'succeeded' and answered_due_on = expected_due_on then true
        else false
    end as is_correct,
    cast(null as float64) as deviation,
    cast(null as int64) as expected_size,
    cast(null as int64) as answered_size,
    cast(null as int64) as common_size,
    llm_status,
    llm_reason,
    llm_request_key,
    substr(to_hex(sha256('Read: {body}\n{"additionalProperties":false,"properties":{"address":{"additionalProperties":false,"properties":{"city":{"type":"string"},"zip":{"nullable":true,"type":"integer"}},"type":"object"},"count":{"exclusiveMaximum":100,"minimum":0,"type":"integer"},"due_on":{"format":"date","nullable":true,"type":"string"},"kind":{"maxLength":20,"minLength":1,"pattern":"^[a-z]+$","type":"string"},"level":{"enum":[1,2,3]},"lines":{"items":{"properties":{"name":{"type":"string"},"tags":{"items":{"maxLength":9,"type":"string"},"type":"array"}},"required":["name"],"type":"object"},"maxItems":10,"minItems":1,"type":"array"},"score":{"exclusiveMinimum":0,"type":["number","null"]},"seen_at":{"format":"date-time","type":"string"},"version":{"const":2}},"required":["kind","count","address","lines"],"type":"object"}\n{}')), 1, 12) as llm_prompt_version
from llm_outcomes
where has_expected_due_on
/* dbt_llm: end */

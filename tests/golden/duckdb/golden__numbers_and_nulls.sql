/* dbt_llm: candidate current */
with

llm_input as (
    select *
    from (
    select
        cast(message_id as varchar)
            || '|'
            || cast(channel as varchar) as golden_key,
        'golden' as golden_source,
        cast("body" as varchar) as "body",
        cast(expected_score as varchar) as expected_score,
        true as has_expected_score,
        cast(expected_due_on as varchar) as expected_due_on,
        true as has_expected_due_on
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
        'Read: '
            || cast("body" as varchar) as _dbt_llm_prompt
    from llm_input
),

llm_requests as (
    select
        *,
        sha256(sha256('1
llama3.2
{}
{"additionalProperties":false,"properties":{"address":{"additionalProperties":false,"properties":{"city":{"type":"string"},"zip":{"nullable":true,"type":"integer"}},"type":"object"},"count":{"exclusiveMaximum":100,"minimum":0,"type":"integer"},"due_on":{"format":"date","nullable":true,"type":"string"},"kind":{"maxLength":20,"minLength":1,"pattern":"^[a-z]+$","type":"string"},"level":{"enum":[1,2,3]},"lines":{"items":{"properties":{"name":{"type":"string"},"tags":{"items":{"maxLength":9,"type":"string"},"type":"array"}},"required":["name"],"type":"object"},"maxItems":10,"minItems":1,"type":"array"},"score":{"exclusiveMinimum":0,"type":["number","null"]},"seen_at":{"format":"date-time","type":"string"},"version":{"const":2}},"required":["kind","count","address","lines"],"type":"object"}')
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
            when substr(_dbt_llm_completion, 1, 1) = '{' then try_cast(_dbt_llm_completion as json)
            else try_cast(regexp_replace(_dbt_llm_completion, '^[\s\x{FEFF}]*(<think>[\s\S]*</think>)?\s*(```[A-Za-z0-9]*\s*(\{[\s\S]*\})\s*```|(\{[\s\S]*\}))\s*$', '\3\4') as json)
        end as _dbt_llm_json
    from llm_answered
),

llm_members as (
    select
        *,
        json_extract(_dbt_llm_json, ['$."kind"', '$."count"', '$."version"', '$."score"', '$."level"', '$."due_on"', '$."seen_at"', '$."address"', '$."lines"']) as _dbt_llm_members
    from llm_parsed
),

llm_taken as (
    select
        *,
        _dbt_llm_members[1] as _dbt_llm_value_kind,
        _dbt_llm_members[2] as _dbt_llm_value_count,
        _dbt_llm_members[3] as _dbt_llm_value_version,
        _dbt_llm_members[4] as _dbt_llm_value_score,
        _dbt_llm_members[5] as _dbt_llm_value_level,
        _dbt_llm_members[6] as _dbt_llm_value_due_on,
        _dbt_llm_members[7] as _dbt_llm_value_seen_at,
        _dbt_llm_members[8] as _dbt_llm_value_address,
        _dbt_llm_members[9] as _dbt_llm_value_lines
    from llm_members
),

llm_values as (
    select
        *,
        json_type(_dbt_llm_value_kind) as _dbt_llm_type_kind,
        json_extract_string(_dbt_llm_value_kind, '$') as _dbt_llm_text_kind,
        json_type(_dbt_llm_value_count) as _dbt_llm_type_count,
        json_extract_string(_dbt_llm_value_count, '$') as _dbt_llm_text_count,
        json_type(_dbt_llm_value_version) as _dbt_llm_type_version,
        json_extract_string(_dbt_llm_value_version, '$') as _dbt_llm_text_version,
        json_type(_dbt_llm_value_score) as _dbt_llm_type_score,
        json_extract_string(_dbt_llm_value_score, '$') as _dbt_llm_text_score,
        json_type(_dbt_llm_value_level) as _dbt_llm_type_level,
        json_extract_string(_dbt_llm_value_level, '$') as _dbt_llm_text_level,
        json_type(_dbt_llm_value_due_on) as _dbt_llm_type_due_on,
        json_extract_string(_dbt_llm_value_due_on, '$') as _dbt_llm_text_due_on,
        json_type(_dbt_llm_value_seen_at) as _dbt_llm_type_seen_at,
        json_extract_string(_dbt_llm_value_seen_at, '$') as _dbt_llm_text_seen_at,
        json_type(_dbt_llm_value_address) as _dbt_llm_type_address,
        json_extract_string(_dbt_llm_value_address, '$') as _dbt_llm_text_address,
        json_type(_dbt_llm_value_lines) as _dbt_llm_type_lines,
        json_extract_string(_dbt_llm_value_lines, '$') as _dbt_llm_text_lines
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
            when len(list_filter(json_keys(_dbt_llm_json), lambda k: k not in ('kind', 'count', 'version', 'score', 'level', 'due_on', 'seen_at', 'address', 'lines'))) > 0 then 'unexpected_property'
            when _dbt_llm_value_kind is null then 'missing:kind'
            when not (_dbt_llm_type_kind = 'VARCHAR') then 'wrong_type:kind'
            when length(_dbt_llm_text_kind) < 1 then 'wrong_length:kind'
            when length(_dbt_llm_text_kind) > 20 then 'wrong_length:kind'
            when not regexp_matches(_dbt_llm_text_kind, '^[a-z]+$') then 'no_match:kind'
            when _dbt_llm_value_count is null then 'missing:count'
            when not ((_dbt_llm_type_count in ('BIGINT', 'UBIGINT', 'HUGEINT') or (_dbt_llm_type_count = 'DOUBLE' and try_cast(_dbt_llm_text_count as double) = trunc(try_cast(_dbt_llm_text_count as double))))) then 'wrong_type:count'
            when try_cast(_dbt_llm_text_count as bigint) < 0 then 'out_of_range:count'
            when try_cast(_dbt_llm_text_count as bigint) >= 100 then 'out_of_range:count'
            when coalesce(try_cast(_dbt_llm_text_count as bigint) not between -9007199254740991 and 9007199254740991, _dbt_llm_text_count is not null) and (try_cast(_dbt_llm_text_count as bigint) is null or (_dbt_llm_type_count = 'DOUBLE' and not regexp_matches(_dbt_llm_text_count, '^-?[0-9]+$'))) then 'out_of_range:count'
            when not (_dbt_llm_type_version = 'NULL' or (_dbt_llm_type_version in ('BIGINT', 'UBIGINT', 'HUGEINT') or (_dbt_llm_type_version = 'DOUBLE' and try_cast(_dbt_llm_text_version as double) = trunc(try_cast(_dbt_llm_text_version as double))))) then 'wrong_type:version'
            when try_cast(_dbt_llm_text_version as bigint) not in (2) then 'not_const:version'
            when coalesce(try_cast(_dbt_llm_text_version as bigint) not between -9007199254740991 and 9007199254740991, _dbt_llm_text_version is not null) and (try_cast(_dbt_llm_text_version as bigint) is null or (_dbt_llm_type_version = 'DOUBLE' and not regexp_matches(_dbt_llm_text_version, '^-?[0-9]+$'))) then 'out_of_range:version'
            when not (_dbt_llm_type_score = 'NULL' or _dbt_llm_type_score in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')) then 'wrong_type:score'
            when try_cast(_dbt_llm_text_score as double) <= 0 then 'out_of_range:score'
            when abs(try_cast(_dbt_llm_text_score as double)) >= 9007199254740992 and (abs(try_cast(_dbt_llm_text_score as double)) > 1.7976931348623157e308 or (not (_dbt_llm_type_score = 'DOUBLE' and not regexp_matches(_dbt_llm_text_score, '^-?[0-9]+$')) and coalesce(try_cast(_dbt_llm_text_score as bigint) != try_cast(try_cast(_dbt_llm_text_score as double) as bigint), true))) then 'out_of_range:score'
            when not (_dbt_llm_type_level = 'NULL' or (_dbt_llm_type_level in ('BIGINT', 'UBIGINT', 'HUGEINT') or (_dbt_llm_type_level = 'DOUBLE' and try_cast(_dbt_llm_text_level as double) = trunc(try_cast(_dbt_llm_text_level as double))))) then 'wrong_type:level'
            when try_cast(_dbt_llm_text_level as bigint) not in (1, 2, 3) then 'not_in_enum:level'
            when coalesce(try_cast(_dbt_llm_text_level as bigint) not between -9007199254740991 and 9007199254740991, _dbt_llm_text_level is not null) and (try_cast(_dbt_llm_text_level as bigint) is null or (_dbt_llm_type_level = 'DOUBLE' and not regexp_matches(_dbt_llm_text_level, '^-?[0-9]+$'))) then 'out_of_range:level'
            when not (_dbt_llm_type_due_on = 'NULL' or _dbt_llm_type_due_on = 'VARCHAR') then 'wrong_type:due_on'
            when _dbt_llm_text_due_on is not null and not (regexp_matches(_dbt_llm_text_due_on, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') and try_cast(_dbt_llm_text_due_on as date) is not null) then 'wrong_format:due_on'
            when not (_dbt_llm_type_seen_at = 'NULL' or _dbt_llm_type_seen_at = 'VARCHAR') then 'wrong_type:seen_at'
            when _dbt_llm_text_seen_at is not null and not (regexp_matches(_dbt_llm_text_seen_at, '^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$') and try_cast(upper(_dbt_llm_text_seen_at) as timestamptz) is not null) then 'wrong_format:seen_at'
            when _dbt_llm_value_address is null then 'missing:address'
            when not (_dbt_llm_type_address = 'OBJECT') then 'wrong_type:address'
            when len(list_filter(json_keys(_dbt_llm_value_address), lambda k: k not in ('city', 'zip'))) > 0 then 'unexpected_property:address'
            when _dbt_llm_type_address = 'OBJECT' and (json_extract(_dbt_llm_value_address, '$."city"') is null) then 'missing:address.city'
            when _dbt_llm_type_address = 'OBJECT' and (not (json_type(json_extract(_dbt_llm_value_address, '$."city"')) = 'VARCHAR')) then 'wrong_type:address.city'
            when _dbt_llm_type_address = 'OBJECT' and (json_extract(_dbt_llm_value_address, '$."zip"') is null) then 'missing:address.zip'
            when _dbt_llm_type_address = 'OBJECT' and (not (json_type(json_extract(_dbt_llm_value_address, '$."zip"')) = 'NULL' or (json_type(json_extract(_dbt_llm_value_address, '$."zip"')) in ('BIGINT', 'UBIGINT', 'HUGEINT') or (json_type(json_extract(_dbt_llm_value_address, '$."zip"')) = 'DOUBLE' and try_cast(json_extract_string(json_extract(_dbt_llm_value_address, '$."zip"'), '$') as double) = trunc(try_cast(json_extract_string(json_extract(_dbt_llm_value_address, '$."zip"'), '$') as double)))))) then 'wrong_type:address.zip'
            when _dbt_llm_type_address = 'OBJECT' and (coalesce(try_cast(json_extract_string(json_extract(_dbt_llm_value_address, '$."zip"'), '$') as bigint) not between -9007199254740991 and 9007199254740991, json_extract_string(json_extract(_dbt_llm_value_address, '$."zip"'), '$') is not null) and (try_cast(json_extract_string(json_extract(_dbt_llm_value_address, '$."zip"'), '$') as bigint) is null or (json_type(json_extract(_dbt_llm_value_address, '$."zip"')) = 'DOUBLE' and not regexp_matches(json_extract_string(json_extract(_dbt_llm_value_address, '$."zip"'), '$'), '^-?[0-9]+$')))) then 'out_of_range:address.zip'
            when _dbt_llm_value_lines is null then 'missing:lines'
            when not (_dbt_llm_type_lines = 'ARRAY') then 'wrong_type:lines'
            when _dbt_llm_type_lines = 'ARRAY' and json_array_length(_dbt_llm_value_lines) < 1 then 'wrong_length:lines'
            when _dbt_llm_type_lines = 'ARRAY' and json_array_length(_dbt_llm_value_lines) > 10 then 'wrong_length:lines'
            when len(list_filter(json_type(_dbt_llm_value_lines, '$[*]'), lambda element: not (element = 'OBJECT'))) > 0 then 'wrong_type:lines'
            when len(list_filter(json_extract(_dbt_llm_value_lines, '$[*]'), lambda element: json_type(element) = 'OBJECT' and (json_extract(element, '$."name"') is null))) > 0 then 'missing:lines.name'
            when len(list_filter(json_extract(_dbt_llm_value_lines, '$[*]'), lambda element: json_type(element) = 'OBJECT' and (not (json_type(json_extract(element, '$."name"')) = 'VARCHAR')))) > 0 then 'wrong_type:lines.name'
            when len(list_filter(json_extract(_dbt_llm_value_lines, '$[*]'), lambda element: json_type(element) = 'OBJECT' and (not (json_type(json_extract(element, '$."tags"')) = 'NULL' or json_type(json_extract(element, '$."tags"')) = 'ARRAY')))) > 0 then 'wrong_type:lines.tags'
            when len(list_filter(json_extract(_dbt_llm_value_lines, '$[*]'), lambda element: json_type(element) = 'OBJECT' and (len(list_filter(json_type(json_extract(element, '$."tags"'), '$[*]'), lambda element_33: not (element_33 = 'VARCHAR'))) > 0))) > 0 then 'wrong_type:lines.tags'
            when len(list_filter(json_extract(_dbt_llm_value_lines, '$[*]'), lambda element: json_type(element) = 'OBJECT' and (len(list_filter(json_extract_string(json_extract(element, '$."tags"'), '$[*]'), lambda element_33: length(element_33) > 9)) > 0))) > 0 then 'wrong_length:lines.tags'
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
            when _dbt_llm_reason is null then _dbt_llm_text_score
        end as answered_score,
        expected_due_on,
        has_expected_due_on,
        case
            when _dbt_llm_reason is null then _dbt_llm_text_due_on
        end as answered_due_on
    from llm_validated
)

select
    'enrich__every_schema_construct' as task,
    'current' as candidate,
    'llama3.2' as model_name,
    golden_key,
    golden_source,
    'score' as column_name,
    'number' as kind,
    expected_score as expected,
    answered_score as answered,
    case
        when llm_status = 'pending' then cast(null as boolean)
        when llm_status = 'succeeded' and expected_score is null and answered_score is null then true
        when llm_status = 'succeeded' and abs(try_cast(json_extract_string(try_cast(answered_score as json), '$') as double) - try_cast(json_extract_string(try_cast(expected_score as json), '$') as double)) <= 0.1 + 0.000000001 then true
        else false
    end as is_correct,
    try_cast(json_extract_string(try_cast(answered_score as json), '$') as double) - try_cast(json_extract_string(try_cast(expected_score as json), '$') as double) as deviation,
    cast(null as bigint) as expected_size,
    cast(null as bigint) as answered_size,
    cast(null as bigint) as common_size,
    llm_status,
    llm_reason,
    llm_request_key,
    substr(sha256('Read: {body}
{"additionalProperties":false,"properties":{"address":{"additionalProperties":false,"properties":{"city":{"type":"string"},"zip":{"nullable":true,"type":"integer"}},"type":"object"},"count":{"exclusiveMaximum":100,"minimum":0,"type":"integer"},"due_on":{"format":"date","nullable":true,"type":"string"},"kind":{"maxLength":20,"minLength":1,"pattern":"^[a-z]+$","type":"string"},"level":{"enum":[1,2,3]},"lines":{"items":{"properties":{"name":{"type":"string"},"tags":{"items":{"maxLength":9,"type":"string"},"type":"array"}},"required":["name"],"type":"object"},"maxItems":10,"minItems":1,"type":"array"},"score":{"exclusiveMinimum":0,"type":["number","null"]},"seen_at":{"format":"date-time","type":"string"},"version":{"const":2}},"required":["kind","count","address","lines"],"type":"object"}
{}'), 1, 12) as llm_prompt_version
from llm_outcomes
where has_expected_score

union all

select
    'enrich__every_schema_construct' as task,
    'current' as candidate,
    'llama3.2' as model_name,
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
    substr(sha256('Read: {body}
{"additionalProperties":false,"properties":{"address":{"additionalProperties":false,"properties":{"city":{"type":"string"},"zip":{"nullable":true,"type":"integer"}},"type":"object"},"count":{"exclusiveMaximum":100,"minimum":0,"type":"integer"},"due_on":{"format":"date","nullable":true,"type":"string"},"kind":{"maxLength":20,"minLength":1,"pattern":"^[a-z]+$","type":"string"},"level":{"enum":[1,2,3]},"lines":{"items":{"properties":{"name":{"type":"string"},"tags":{"items":{"maxLength":9,"type":"string"},"type":"array"}},"required":["name"],"type":"object"},"maxItems":10,"minItems":1,"type":"array"},"score":{"exclusiveMinimum":0,"type":["number","null"]},"seen_at":{"format":"date-time","type":"string"},"version":{"const":2}},"required":["kind","count","address","lines"],"type":"object"}
{}'), 1, 12) as llm_prompt_version
from llm_outcomes
where has_expected_due_on
/* dbt_llm: end */

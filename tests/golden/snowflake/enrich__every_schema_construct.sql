with

llm_input as (
    select *
    from GOLDEN.main.messages
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
            from GOLDEN.MAIN.dbt_llm__responses
        ) as with_superseded
    ) as placed
    where place = 1
),

llm_prompts as (
    select
        *,
        'Read: '
            || cast("BODY" as varchar) as _dbt_llm_prompt
    from llm_input
),

llm_requests as (
    select
        *,
        sha2(sha2('1
llama3.3-70b
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
            else try_parse_json(regexp_replace(_dbt_llm_completion, '^[\\s\\x{FEFF}]*(<think>[\\s\\S]*</think>)?\\s*(```[A-Za-z0-9]*\\s*(\\{[\\s\\S]*\\})\\s*```|(\\{[\\s\\S]*\\}))\\s*$', '\\3\\4'))
        end as _dbt_llm_json
    from llm_answered
),

llm_values as (
    select
        *,
        get(_dbt_llm_json, 'kind') as _dbt_llm_value_kind,
        get(_dbt_llm_json, 'count') as _dbt_llm_value_count,
        get(_dbt_llm_json, 'version') as _dbt_llm_value_version,
        get(_dbt_llm_json, 'score') as _dbt_llm_value_score,
        get(_dbt_llm_json, 'level') as _dbt_llm_value_level,
        get(_dbt_llm_json, 'due_on') as _dbt_llm_value_due_on,
        get(_dbt_llm_json, 'seen_at') as _dbt_llm_value_seen_at,
        get(_dbt_llm_json, 'address') as _dbt_llm_value_address,
        get(_dbt_llm_json, 'lines') as _dbt_llm_value_lines
    from llm_parsed
),

llm_validated as (
    select
        *,
        case
            when _dbt_llm_prompt is null then 'null_prompt'
            when _dbt_llm_response_status is null then 'not_requested'
            when _dbt_llm_response_status != 'succeeded' then _dbt_llm_error_class
            when _dbt_llm_json is null or not typeof(_dbt_llm_json) = 'OBJECT' then 'invalid_json'
            when array_size(array_except(object_keys(as_object(_dbt_llm_json)), array_construct('kind', 'count', 'version', 'score', 'level', 'due_on', 'seen_at', 'address', 'lines'))) > 0 then 'unexpected_property'
            when _dbt_llm_value_kind is null then 'missing:kind'
            when not (typeof(_dbt_llm_value_kind) = 'VARCHAR') then 'wrong_type:kind'
            when length(cast(_dbt_llm_value_kind as varchar)) < 1 then 'wrong_length:kind'
            when length(cast(_dbt_llm_value_kind as varchar)) > 20 then 'wrong_length:kind'
            when not (regexp_instr(cast(_dbt_llm_value_kind as varchar), '^[a-z]+$') > 0) then 'no_match:kind'
            when _dbt_llm_value_count is null then 'missing:count'
            when not ((typeof(_dbt_llm_value_count) = 'INTEGER' or (typeof(_dbt_llm_value_count) in ('DECIMAL', 'DOUBLE') and try_to_double(cast(_dbt_llm_value_count as varchar)) = trunc(try_to_double(cast(_dbt_llm_value_count as varchar)))))) then 'wrong_type:count'
            when try_to_number(cast(_dbt_llm_value_count as varchar), 38, 0) < 0 then 'out_of_range:count'
            when try_to_number(cast(_dbt_llm_value_count as varchar), 38, 0) >= 100 then 'out_of_range:count'
            when coalesce(try_to_number(cast(_dbt_llm_value_count as varchar), 38, 0) not between -9007199254740991 and 9007199254740991, cast(_dbt_llm_value_count as varchar) is not null) and (try_to_number(cast(_dbt_llm_value_count as varchar), 38, 0) is null or typeof(_dbt_llm_value_count) in ('DECIMAL', 'DOUBLE')) then 'out_of_range:count'
            when not (typeof(_dbt_llm_value_version) = 'NULL_VALUE' or (typeof(_dbt_llm_value_version) = 'INTEGER' or (typeof(_dbt_llm_value_version) in ('DECIMAL', 'DOUBLE') and try_to_double(cast(_dbt_llm_value_version as varchar)) = trunc(try_to_double(cast(_dbt_llm_value_version as varchar)))))) then 'wrong_type:version'
            when try_to_number(cast(_dbt_llm_value_version as varchar), 38, 0) not in (2) then 'not_const:version'
            when coalesce(try_to_number(cast(_dbt_llm_value_version as varchar), 38, 0) not between -9007199254740991 and 9007199254740991, cast(_dbt_llm_value_version as varchar) is not null) and (try_to_number(cast(_dbt_llm_value_version as varchar), 38, 0) is null or typeof(_dbt_llm_value_version) in ('DECIMAL', 'DOUBLE')) then 'out_of_range:version'
            when not (typeof(_dbt_llm_value_score) = 'NULL_VALUE' or typeof(_dbt_llm_value_score) in ('INTEGER', 'DECIMAL', 'DOUBLE')) then 'wrong_type:score'
            when try_to_double(cast(_dbt_llm_value_score as varchar)) <= 0 then 'out_of_range:score'
            when abs(try_to_double(cast(_dbt_llm_value_score as varchar))) >= 9007199254740992 and (abs(try_to_double(cast(_dbt_llm_value_score as varchar))) > 1.7976931348623157e308 or (not typeof(_dbt_llm_value_score) in ('DECIMAL', 'DOUBLE') and coalesce(try_to_number(cast(_dbt_llm_value_score as varchar), 38, 0) != cast(iff(abs(try_to_double(cast(_dbt_llm_value_score as varchar))) < 9223372036854775807, try_to_double(cast(_dbt_llm_value_score as varchar)), null) as number(38, 0)), true))) then 'out_of_range:score'
            when not (typeof(_dbt_llm_value_level) = 'NULL_VALUE' or (typeof(_dbt_llm_value_level) = 'INTEGER' or (typeof(_dbt_llm_value_level) in ('DECIMAL', 'DOUBLE') and try_to_double(cast(_dbt_llm_value_level as varchar)) = trunc(try_to_double(cast(_dbt_llm_value_level as varchar)))))) then 'wrong_type:level'
            when try_to_number(cast(_dbt_llm_value_level as varchar), 38, 0) not in (1, 2, 3) then 'not_in_enum:level'
            when coalesce(try_to_number(cast(_dbt_llm_value_level as varchar), 38, 0) not between -9007199254740991 and 9007199254740991, cast(_dbt_llm_value_level as varchar) is not null) and (try_to_number(cast(_dbt_llm_value_level as varchar), 38, 0) is null or typeof(_dbt_llm_value_level) in ('DECIMAL', 'DOUBLE')) then 'out_of_range:level'
            when not (typeof(_dbt_llm_value_due_on) = 'NULL_VALUE' or typeof(_dbt_llm_value_due_on) = 'VARCHAR') then 'wrong_type:due_on'
            when cast(_dbt_llm_value_due_on as varchar) is not null and not ((regexp_instr(cast(_dbt_llm_value_due_on as varchar), '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') > 0) and try_to_date(cast(_dbt_llm_value_due_on as varchar)) is not null) then 'wrong_format:due_on'
            when not (typeof(_dbt_llm_value_seen_at) = 'NULL_VALUE' or typeof(_dbt_llm_value_seen_at) = 'VARCHAR') then 'wrong_type:seen_at'
            when cast(_dbt_llm_value_seen_at as varchar) is not null and not ((regexp_instr(cast(_dbt_llm_value_seen_at as varchar), '^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$') > 0) and try_to_timestamp_tz(regexp_replace(upper(cast(_dbt_llm_value_seen_at as varchar)), '([.][0-9]{9})[0-9]+', '\\1')) is not null) then 'wrong_format:seen_at'
            when _dbt_llm_value_address is null then 'missing:address'
            when not (typeof(_dbt_llm_value_address) = 'OBJECT') then 'wrong_type:address'
            when array_size(array_except(object_keys(as_object(_dbt_llm_value_address)), array_construct('city', 'zip'))) > 0 then 'unexpected_property:address'
            when typeof(_dbt_llm_value_address) = 'OBJECT' and (get(_dbt_llm_value_address, 'city') is null) then 'missing:address.city'
            when typeof(_dbt_llm_value_address) = 'OBJECT' and (not (typeof(get(_dbt_llm_value_address, 'city')) = 'VARCHAR')) then 'wrong_type:address.city'
            when typeof(_dbt_llm_value_address) = 'OBJECT' and (get(_dbt_llm_value_address, 'zip') is null) then 'missing:address.zip'
            when typeof(_dbt_llm_value_address) = 'OBJECT' and (not (typeof(get(_dbt_llm_value_address, 'zip')) = 'NULL_VALUE' or (typeof(get(_dbt_llm_value_address, 'zip')) = 'INTEGER' or (typeof(get(_dbt_llm_value_address, 'zip')) in ('DECIMAL', 'DOUBLE') and try_to_double(cast(get(_dbt_llm_value_address, 'zip') as varchar)) = trunc(try_to_double(cast(get(_dbt_llm_value_address, 'zip') as varchar))))))) then 'wrong_type:address.zip'
            when typeof(_dbt_llm_value_address) = 'OBJECT' and (coalesce(try_to_number(cast(get(_dbt_llm_value_address, 'zip') as varchar), 38, 0) not between -9007199254740991 and 9007199254740991, cast(get(_dbt_llm_value_address, 'zip') as varchar) is not null) and (try_to_number(cast(get(_dbt_llm_value_address, 'zip') as varchar), 38, 0) is null or typeof(get(_dbt_llm_value_address, 'zip')) in ('DECIMAL', 'DOUBLE'))) then 'out_of_range:address.zip'
            when _dbt_llm_value_lines is null then 'missing:lines'
            when not (typeof(_dbt_llm_value_lines) = 'ARRAY') then 'wrong_type:lines'
            when typeof(_dbt_llm_value_lines) = 'ARRAY' and array_size(_dbt_llm_value_lines) < 1 then 'wrong_length:lines'
            when typeof(_dbt_llm_value_lines) = 'ARRAY' and array_size(_dbt_llm_value_lines) > 10 then 'wrong_length:lines'
            when array_size(filter(as_array(_dbt_llm_value_lines), element -> not (typeof(element) = 'OBJECT'))) > 0 then 'wrong_type:lines'
            when array_size(filter(as_array(_dbt_llm_value_lines), element -> typeof(element) = 'OBJECT' and (get(element, 'name') is null))) > 0 then 'missing:lines.name'
            when array_size(filter(as_array(_dbt_llm_value_lines), element -> typeof(element) = 'OBJECT' and (not (typeof(get(element, 'name')) = 'VARCHAR')))) > 0 then 'wrong_type:lines.name'
            when array_size(filter(as_array(_dbt_llm_value_lines), element -> typeof(element) = 'OBJECT' and (not (typeof(get(element, 'tags')) = 'NULL_VALUE' or typeof(get(element, 'tags')) = 'ARRAY')))) > 0 then 'wrong_type:lines.tags'
            when array_size(filter(as_array(_dbt_llm_value_lines), element -> typeof(element) = 'OBJECT' and (array_size(filter(as_array(get(element, 'tags')), element_20 -> not (typeof(element_20) = 'VARCHAR'))) > 0))) > 0 then 'wrong_type:lines.tags'
            when array_size(filter(as_array(_dbt_llm_value_lines), element -> typeof(element) = 'OBJECT' and (array_size(filter(as_array(get(element, 'tags')), element_20 -> length(cast(element_20 as varchar)) > 9)) > 0))) > 0 then 'wrong_length:lines.tags'
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
        _dbt_llm_value_kind,
        _dbt_llm_value_count,
        _dbt_llm_value_version,
        _dbt_llm_value_score,
        _dbt_llm_value_level,
        _dbt_llm_value_due_on,
        _dbt_llm_value_seen_at,
        _dbt_llm_value_address,
        _dbt_llm_value_lines
    ),
    case
        when _dbt_llm_reason is null then cast(_dbt_llm_value_kind as varchar)
    end as "KIND",
    case
        when _dbt_llm_reason is null then try_to_number(cast(_dbt_llm_value_count as varchar), 38, 0)
    end as "COUNT",
    case
        when _dbt_llm_reason is null then try_to_number(cast(_dbt_llm_value_version as varchar), 38, 0)
    end as "VERSION",
    case
        when _dbt_llm_reason is null then try_to_double(cast(_dbt_llm_value_score as varchar))
    end as "SCORE",
    case
        when _dbt_llm_reason is null then try_to_number(cast(_dbt_llm_value_level as varchar), 38, 0)
    end as "LEVEL",
    case
        when _dbt_llm_reason is null then try_to_date(cast(_dbt_llm_value_due_on as varchar))
    end as "DUE_ON",
    case
        when _dbt_llm_reason is null then try_to_timestamp_tz(regexp_replace(upper(cast(_dbt_llm_value_seen_at as varchar)), '([.][0-9]{9})[0-9]+', '\\1'))
    end as "SEEN_AT",
    case
        when _dbt_llm_reason is null then as_object(_dbt_llm_value_address)
    end as "ADDRESS",
    case
        when _dbt_llm_reason is null then as_array(_dbt_llm_value_lines)
    end as "LINES",
    case
        when _dbt_llm_prompt is null then 'skipped'
        when _dbt_llm_is_pending then 'pending'
        when _dbt_llm_reason is not null then 'quarantined'
        else 'succeeded'
    end as llm_status,
    _dbt_llm_reason as llm_reason,
    _dbt_llm_request_key as llm_request_key,
    substr(sha2('Read: {body}
{"additionalProperties":false,"properties":{"address":{"additionalProperties":false,"properties":{"city":{"type":"string"},"zip":{"nullable":true,"type":"integer"}},"type":"object"},"count":{"exclusiveMaximum":100,"minimum":0,"type":"integer"},"due_on":{"format":"date","nullable":true,"type":"string"},"kind":{"maxLength":20,"minLength":1,"pattern":"^[a-z]+$","type":"string"},"level":{"enum":[1,2,3]},"lines":{"items":{"properties":{"name":{"type":"string"},"tags":{"items":{"maxLength":9,"type":"string"},"type":"array"}},"required":["name"],"type":"object"},"maxItems":10,"minItems":1,"type":"array"},"score":{"exclusiveMinimum":0,"type":["number","null"]},"seen_at":{"format":"date-time","type":"string"},"version":{"const":2}},"required":["kind","count","address","lines"],"type":"object"}
{}', 256), 1, 12) as llm_prompt_version
from llm_validated
/* dbt_llm: end */

with staged as (
select
    request_key,
    attempt,
    prompt,
    to_json(ai_query(
        'databricks-gte-large-en',
        prompt,
        failOnError => false
    )) as response
from work
where n between 1 and 100
)

select *
from (
select
    read_answers.*,
    coalesce(known_class, case
        when error_message is null and completion is not null then null
        when regexp_like(lower(error_message), 'unexpected end of json input') then 'truncated'
        when regexp_like(lower(error_message), 'permission[^\\n]denied|not authorized|insufficient privileges|(in|for) (your|this) region') then 'provider_error'
        when regexp_like(lower(error_message), 'max tokens of [0-9]+ exceeded|input token count|(prompt|input) is too long|context length|context window') then 'invalid_request'
        when regexp_like(lower(error_message), 'resource[^\\n]exhausted|throttl|rate limit|too many requests|quota|(^|[^0-9])429([^0-9]|\\z)') then 'throttled'
        when regexp_like(lower(error_message), 'timeout|timed out|deadline') then 'timeout'
        when regexp_like(lower(error_message), 'retryable|unavailable|internal error|output validation error|(^|[^0-9])50[0-4]([^0-9]|\\z)') then 'provider_error'
        when regexp_like(lower(error_message), 'safety|content[^\\n]filter|guardrail|blocked') then 'refused'
        when regexp_like(lower(error_message), 'invalid|bad request|too long|(^|[^0-9])(400|413|422)([^0-9]|\\z)') then 'invalid_request'
        else 'provider_error'
    end) as error_class
from (
select
    request_key,
    attempt,
    prompt,
    from_json(case when nullif(coalesce(get_json_object(response, '$.errorMessage'), get_json_object(response, '$.errorStatus')), '') is null then coalesce(get_json_object(response, '$.result'), get_json_object(response, '$.response')) end, 'array<float>') as vector,
    case when from_json(case when nullif(coalesce(get_json_object(response, '$.errorMessage'), get_json_object(response, '$.errorStatus')), '') is null then coalesce(get_json_object(response, '$.result'), get_json_object(response, '$.response')) end, 'array<float>') is not null then '' end as completion,
    cast(null as string) as known_class,
    nullif(coalesce(get_json_object(response, '$.errorMessage'), get_json_object(response, '$.errorStatus')), '') as error_message,
    cast(null as string) as finish_reason,
    cast(null as bigint) as input_tokens,
    cast(null as bigint) as output_tokens,
    cast(null as string) as response_model
from staged
) as read_answers
) as answers

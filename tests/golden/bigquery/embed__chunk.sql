with staged as (
select
    request_key,
    attempt,
    prompt,
    embedding,
    statistics,
    status
from ai.generate_embedding(
    model `golden.main.embedding`,
    (
        select
            request_key,
            attempt,
            prompt,
            prompt as content
        from work
        where n between 1 and 100
    ),
    struct(384 as output_dimensionality)
)
)

select *
from (
select
    read_answers.*,
    coalesce(known_class, case
        when error_message is null and completion is not null then null
        when regexp_contains(lower(error_message), 'unexpected end of json input') then 'truncated'
        when regexp_contains(lower(error_message), 'permission.denied|not authorized|insufficient privileges|(in|for) (your|this) region') then 'provider_error'
        when regexp_contains(lower(error_message), 'max tokens of [0-9]+ exceeded|input token count|(prompt|input) is too long|context length|context window') then 'invalid_request'
        when regexp_contains(lower(error_message), 'resource.exhausted|throttl|rate limit|too many requests|quota|(^|[^0-9])429([^0-9]|$)') then 'throttled'
        when regexp_contains(lower(error_message), 'timeout|timed out|deadline') then 'timeout'
        when regexp_contains(lower(error_message), 'retryable|unavailable|internal error|output validation error|(^|[^0-9])50[0-4]([^0-9]|$)') then 'provider_error'
        when regexp_contains(lower(error_message), 'safety|content.filter|guardrail|blocked') then 'refused'
        when regexp_contains(lower(error_message), 'invalid|bad request|too long|(^|[^0-9])(400|413|422)([^0-9]|$)') then 'invalid_request'
        else 'provider_error'
    end) as error_class
from (
select
    request_key,
    attempt,
    prompt,
    if(coalesce(status, '') = '' and array_length(embedding) > 0, embedding, null) as vector,
    if(coalesce(status, '') = '' and array_length(embedding) > 0, '', null) as completion,
    cast(null as string) as known_class,
    nullif(status, '') as error_message,
    cast(null as string) as finish_reason,
    safe_cast(json_value(statistics, '$.token_count') as int64) as input_tokens,
    if(json_value(statistics, '$.token_count') is null, null, 0) as output_tokens,
    cast(null as string) as response_model
from staged
) as read_answers
) as answers

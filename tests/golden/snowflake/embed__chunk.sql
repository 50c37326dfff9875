with staged as (
select
    request_key,
    attempt,
    prompt,
    cast(ai_embed('snowflake-arctic-embed-l-v2.0', cast(prompt as varchar)) as array) as vector
from work
where n between 1 and 100
)

select *
from (
select
    read_answers.*,
    coalesce(known_class, case
        when error_message is null and completion is not null then null
        when (regexp_instr(lower(error_message), 'unexpected end of json input') > 0) then 'truncated'
        when (regexp_instr(lower(error_message), 'permission.denied|not authorized|insufficient privileges|(in|for) (your|this) region') > 0) then 'provider_error'
        when (regexp_instr(lower(error_message), 'max tokens of [0-9]+ exceeded|input token count|(prompt|input) is too long|context length|context window') > 0) then 'invalid_request'
        when (regexp_instr(lower(error_message), 'resource.exhausted|throttl|rate limit|too many requests|quota|(^|[^0-9])429([^0-9]|$)') > 0) then 'throttled'
        when (regexp_instr(lower(error_message), 'timeout|timed out|deadline') > 0) then 'timeout'
        when (regexp_instr(lower(error_message), 'retryable|unavailable|internal error|output validation error|(^|[^0-9])50[0-4]([^0-9]|$)') > 0) then 'provider_error'
        when (regexp_instr(lower(error_message), 'safety|content.filter|guardrail|blocked') > 0) then 'refused'
        when (regexp_instr(lower(error_message), 'invalid|bad request|too long|(^|[^0-9])(400|413|422)([^0-9]|$)') > 0) then 'invalid_request'
        else 'provider_error'
    end) as error_class
from (
select
    request_key,
    attempt,
    prompt,
    vector,
    case when vector is not null then '' end as completion,
    cast(null as varchar) as known_class,
    case when vector is null then 'AI_EMBED gave no vector' end as error_message,
    cast(null as varchar) as finish_reason,
    cast(null as bigint) as input_tokens,
    cast(null as bigint) as output_tokens,
    cast(null as varchar) as response_model
from staged
) as read_answers
) as answers

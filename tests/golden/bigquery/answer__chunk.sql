with staged as (
select
    request_key,
    attempt,
    prompt,
    result,
    full_response,
    status
from ai.generate_text(
    model `golden.main.gemini_flash`,
    (
        select
            request_key,
            attempt,
            prompt
        from work
        where n between 1 and 100
    ),
    struct('{"generation_config":{"temperature":0,"max_output_tokens":200,"response_mime_type":"application/json","response_schema":{"type":"object","properties":{"has_pii":{"type":"boolean"},"note":{"type":"string","nullable":true},"kind":{"type":"string","enum":["a","b"],"nullable":true}},"required":["has_pii","note","kind"],"propertyOrdering":["has_pii","note","kind"]}}}' as model_params)
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
    if(coalesce(status, '') = '', result, null) as completion,
    case
        when finish_reason = 'MAX_TOKENS' then 'truncated'
        when block_reason is not null or finish_reason in ('SAFETY', 'PROHIBITED_CONTENT', 'BLOCKLIST', 'SPII', 'RECITATION') then 'refused'
    end as known_class,
    case
        when status != '' then status
        when block_reason is not null then concat('block reason ', block_reason)
        when finish_reason != 'STOP' then concat('finish reason ', finish_reason)
    end as error_message,
    finish_reason,
    safe_cast(prompt_tokens as int64) as input_tokens,
    coalesce(safe_cast(candidates_tokens as int64), 0) + coalesce(safe_cast(thoughts_tokens as int64), 0) as output_tokens,
    response_model
from (
    select
        request_key,
        attempt,
        prompt,
        result,
        status,
        coalesce(json_value(full_response, '$.candidates[0].finishReason'), json_value(full_response, '$.candidates[0].finish_reason')) as finish_reason,
        coalesce(json_value(full_response, '$.promptFeedback.blockReason'), json_value(full_response, '$.prompt_feedback.block_reason')) as block_reason,
        coalesce(json_value(full_response, '$.usageMetadata.promptTokenCount'), json_value(full_response, '$.usage_metadata.prompt_token_count')) as prompt_tokens,
        coalesce(json_value(full_response, '$.usageMetadata.candidatesTokenCount'), json_value(full_response, '$.usage_metadata.candidates_token_count')) as candidates_tokens,
        coalesce(json_value(full_response, '$.usageMetadata.thoughtsTokenCount'), json_value(full_response, '$.usage_metadata.thoughts_token_count')) as thoughts_tokens,
        coalesce(json_value(full_response, '$.modelVersion'), json_value(full_response, '$.model_version')) as response_model
    from staged
) as named_values
) as read_answers
) as answers

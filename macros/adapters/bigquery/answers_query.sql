{# Thoughts are billed as output. #}
{%- macro bigquery__answers_query(stage, task) -%}
    {%- set error = "nullif(status, '')" -%}
    {%- set finish = "json_value(full_response, '$.candidates[0].finishReason')" -%}
    {%- set tokens = "safe_cast(json_value(full_response, '$.usageMetadata." -%}
    {{ return(
        'select\n    request_key,\n    attempt,\n    prompt,\n    case when ' ~ error ~ ' is null then result end as completion,'
        ~ '\n    case ' ~ finish ~ " when 'MAX_TOKENS' then 'truncated' when 'SAFETY' then 'refused' when 'PROHIBITED_CONTENT' then 'refused' else "
        ~ dbt_llm._error_class(message=error, completion='result') ~ ' end as error_class,'
        ~ '\n    ' ~ error ~ ' as error_message,\n    ' ~ finish ~ ' as finish_reason,'
        ~ '\n    ' ~ tokens ~ "promptTokenCount') as int64) as input_tokens,"
        ~ '\n    coalesce(' ~ tokens ~ "candidatesTokenCount') as int64), 0) + coalesce(" ~ tokens ~ "thoughtsTokenCount') as int64), 0) as output_tokens,"
        ~ "\n    json_value(full_response, '$.modelVersion') as response_model\nfrom " ~ stage
    ) }}
{%- endmacro -%}

{# Thoughts are billed as output. A finish other than STOP is a failure too, with what came as its evidence. #}
{%- macro bigquery__answers_query(stage, task) -%}
    {%- set finish = "json_value(full_response, '$.candidates[0].finishReason')" -%}
    {%- set refused = "'SAFETY', 'PROHIBITED_CONTENT', 'BLOCKLIST', 'SPII', 'RECITATION'" -%}
    {%- set tokens = "safe_cast(json_value(full_response, '$.usageMetadata." -%}
    {{ return(
        "select\n    request_key,\n    attempt,\n    prompt,\n    if(coalesce(status, '') = '', result, null) as completion,"
        ~ "\n    case\n        when " ~ finish ~ " = 'MAX_TOKENS' then 'truncated'\n        when " ~ finish ~ ' in (' ~ refused
        ~ ") then 'refused'\n    end as known_class,"
        ~ "\n    coalesce(nullif(status, ''), case when " ~ finish ~ " != 'STOP' then concat('finish reason ', " ~ finish ~ ') end) as error_message,'
        ~ '\n    ' ~ finish ~ ' as finish_reason,'
        ~ '\n    ' ~ tokens ~ "promptTokenCount') as int64) as input_tokens,"
        ~ '\n    coalesce(' ~ tokens ~ "candidatesTokenCount') as int64), 0)\n        + coalesce(" ~ tokens ~ "thoughtsTokenCount') as int64), 0) as output_tokens,"
        ~ "\n    json_value(full_response, '$.modelVersion') as response_model\nfrom " ~ stage
    ) }}
{%- endmacro -%}

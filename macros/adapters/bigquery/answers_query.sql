{#
    Thoughts are billed as output. A finish other than STOP is a failure too, with what came as its evidence; so is a
    prompt that was blocked, for which there is neither a candidate nor a status.
#}
{%- macro bigquery__answers_query(stage, task) -%}
    {%- set refused = "'SAFETY', 'PROHIBITED_CONTENT', 'BLOCKLIST', 'SPII', 'RECITATION'" -%}
    {%- set values = {
        'finish_reason': dbt_llm._full_response_value('candidates[0].finishReason', 'candidates[0].finish_reason'),
        'block_reason': dbt_llm._full_response_value('promptFeedback.blockReason', 'prompt_feedback.block_reason'),
        'prompt_tokens': dbt_llm._full_response_value('usageMetadata.promptTokenCount', 'usage_metadata.prompt_token_count'),
        'candidates_tokens': dbt_llm._full_response_value('usageMetadata.candidatesTokenCount', 'usage_metadata.candidates_token_count'),
        'thoughts_tokens': dbt_llm._full_response_value('usageMetadata.thoughtsTokenCount', 'usage_metadata.thoughts_token_count'),
        'response_model': dbt_llm._full_response_value('modelVersion', 'model_version'),
    } -%}
    {%- set columns = ['request_key', 'attempt', 'prompt', 'result', 'status'] -%}
    {%- for name, value in values.items() -%}
        {%- do columns.append(value ~ ' as ' ~ name) -%}
    {%- endfor -%}
    {{ return(
        "select\n    request_key,\n    attempt,\n    prompt,\n    if(coalesce(status, '') = '', result, null) as completion,"
        ~ "\n    case\n        when finish_reason = 'MAX_TOKENS' then 'truncated'\n        when block_reason is not null or finish_reason in ("
        ~ refused ~ ") then 'refused'\n    end as known_class,\n    case"
        ~ "\n        when status != '' then status\n        when block_reason is not null then concat('block reason ', block_reason)"
        ~ "\n        when finish_reason != 'STOP' then concat('finish reason ', finish_reason)\n    end as error_message,"
        ~ '\n    finish_reason,\n    safe_cast(prompt_tokens as int64) as input_tokens,'
        ~ '\n    coalesce(safe_cast(candidates_tokens as int64), 0) + coalesce(safe_cast(thoughts_tokens as int64), 0) as output_tokens,'
        ~ '\n    response_model\nfrom (\n    select\n        ' ~ (columns | join(',\n        ')) ~ '\n    from ' ~ stage ~ '\n) as named_values'
    ) }}
{%- endmacro -%}

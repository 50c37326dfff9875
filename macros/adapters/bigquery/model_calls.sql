{# AI.GENERATE_TEXT on a remote model, by Gemini's own parameters, and how its response is read. #}

{%- macro bigquery__adapter_name() -%}
    {{ return('bigquery') }}
{%- endmacro -%}

{%- macro bigquery__endpoint_keys() -%}
    {{ return({
        'required': ['model_name', 'model'],
        'optional': ['connection', 'input_usd_per_million_tokens', 'output_usd_per_million_tokens', 'chunk_size'],
        'numbers': ['input_usd_per_million_tokens', 'output_usd_per_million_tokens', 'chunk_size'],
    }) }}
{%- endmacro -%}

{# A query job ends after six hours, which is a million rows or more; this is well below. #}
{%- macro bigquery__chunk_size() -%}
    {{ return(100000) }}
{%- endmacro -%}

{%- macro bigquery__call_model_query(work, task, first, last) -%}
    {{ return(
        'select\n    request_key,\n    attempt,\n    prompt,\n    result,\n    full_response,\n    status\nfrom ai.generate_text(\n    model `'
        ~ task.endpoint.model
        ~ '`,\n    (\n        select\n            request_key,\n            attempt,\n            prompt\n        from ' ~ work
        ~ '\n        where n between ' ~ first ~ ' and ' ~ last ~ '\n    ),\n    struct(' ~ dbt_llm.string_literal(dbt_llm._gemini_parameters(task)) ~ ' as model_params)\n)'
    ) }}
{%- endmacro -%}

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

{#
    The body of generateContent but its contents, as JSON: BigQuery's own arguments know no response schema. AI.GENERATE_TEXT
    is documented to take it as a string literal, AI.GENERATE as a JSON literal.
    https://docs.cloud.google.com/bigquery/docs/reference/standard-sql/bigqueryml-syntax-ai-generate-text (2026-11-28)
#}
{%- macro _gemini_parameters(task) -%}
    {%- set names = {'max_tokens': 'max_output_tokens', 'stop': 'stop_sequences'} -%}
    {%- set generation = {} -%}
    {%- for name, value in task.model_parameters.items() -%}
        {# One stop sequence may be a text in the OpenAI form; Gemini takes a list only. #}
        {%- do generation.update({names.get(name, name): [value] if name == 'stop' and value is string else value}) -%}
    {%- endfor -%}
    {%- if task.response_schema is not none -%}
        {%- do generation.update({
            'response_mime_type': 'application/json',
            'response_schema': dbt_llm._constrained_schema(
                task.response_schema, keywords=['description', 'minimum', 'maximum', 'minItems', 'maxItems'], closed=false
            ),
        }) -%}
    {%- endif -%}
    {{ return(dbt_llm._canonical_json({'generation_config': generation}, keep_order=true)) }}
{%- endmacro -%}

{#
    A value of full_response, whose names are spelt as in Google's REST API (usageMetadata) or as in its protocol
    (usage_metadata): documentation and users show both, so both are read.
#}
{%- macro _full_response_value(rest_path, protocol_path) -%}
    {{ return(
        "coalesce(json_value(full_response, '$." ~ rest_path ~ "'), json_value(full_response, '$." ~ protocol_path ~ "'))"
    ) }}
{%- endmacro -%}

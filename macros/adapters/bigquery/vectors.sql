{# Embeddings on BigQuery: AI.GENERATE_EMBEDDING on a remote model. #}

{# Its settings are those of the function itself: task_type, output_dimensionality. #}
{%- macro bigquery__embed_query(work, task, first, last) -%}
    {%- set settings = [] -%}
    {%- for name, value in task.model_parameters.items() -%}
        {%- do settings.append((dbt_llm.string_literal(value) if value is string else value) ~ ' as ' ~ name) -%}
    {%- endfor -%}
    {{ return(
        'select\n    request_key,\n    attempt,\n    prompt,\n    embedding,\n    statistics,\n    status\nfrom ai.generate_embedding(\n    model `'
        ~ task.endpoint.model
        ~ '`,\n    (\n        select\n            request_key,\n            attempt,\n            prompt,\n            prompt as content\n        from ' ~ work
        ~ '\n        where n between ' ~ first ~ ' and ' ~ last ~ '\n    )'
        ~ (',\n    struct(' ~ (settings | join(', ')) ~ ')' if settings else '') ~ '\n)'
    ) }}
{%- endmacro -%}

{# A NULL array is an empty one in a table of BigQuery. #}
{%- macro bigquery__vectors_query(stage, task) -%}
    {%- set is_there = "coalesce(status, '') = '' and array_length(embedding) > 0" -%}
    {{ return(
        'select\n    request_key,\n    attempt,\n    prompt,\n    if(' ~ is_there ~ ', embedding, null) as vector,\n    if('
        ~ is_there ~ ", '', null) as completion,\n    cast(null as string) as known_class,"
        ~ "\n    nullif(status, '') as error_message,\n    cast(null as string) as finish_reason,"
        ~ "\n    safe_cast(json_value(statistics, '$.token_count') as int64) as input_tokens,"
        ~ "\n    if(json_value(statistics, '$.token_count') is null, null, 0) as output_tokens,"
        ~ '\n    cast(null as string) as response_model\nfrom ' ~ stage
    ) }}
{%- endmacro -%}

{%- macro bigquery__has_no_number(vector) -%}
    {{ return('exists (select 1 from unnest(' ~ vector ~ ') as element where element is null or is_nan(element) or is_inf(element))') }}
{%- endmacro -%}

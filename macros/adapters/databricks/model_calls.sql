{# ai_query, and how its answers and failures are read. #}

{%- macro databricks__adapter_name() -%}
    {{ return('databricks') }}
{%- endmacro -%}

{%- macro databricks__endpoint_keys() -%}
    {{ return({
        'required': ['model_name'],
        'optional': ['input_usd_per_million_tokens', 'output_usd_per_million_tokens', 'chunk_size'],
        'numbers': ['input_usd_per_million_tokens', 'output_usd_per_million_tokens', 'chunk_size'],
    }) }}
{%- endmacro -%}

{# ai_query spreads one large statement over the cluster by itself. #}
{%- macro databricks__chunk_size() -%}
    {{ return(none) }}
{%- endmacro -%}

{# Staged as JSON, because documents differ in what the struct's fields are called. #}
{%- macro databricks__call_model_query(work, task, first, last) -%}
    {{ return(
        'select\n    request_key,\n    attempt,\n    prompt,\n    to_json(' ~ dbt_llm._ai_query('prompt', task)
        ~ ') as response\nfrom ' ~ work ~ '\nwhere n between ' ~ first ~ ' and ' ~ last
    ) }}
{%- endmacro -%}

{%- macro databricks__answers_query(stage, task) -%}
    {%- set error = dbt_llm._ai_query_error('response') -%}
    {{ return(
        'select\n    request_key,\n    attempt,\n    prompt,\n    ' ~ dbt_llm._ai_query_answer('response') ~ ' as completion,'
        ~ '\n    cast(null as string) as known_class,'
        ~ '\n    ' ~ error ~ ' as error_message,\n    cast(null as string) as finish_reason,'
        ~ '\n    cast(null as bigint) as input_tokens,\n    cast(null as bigint) as output_tokens,'
        ~ '\n    cast(null as string) as response_model\nfrom ' ~ stage
    ) }}
{%- endmacro -%}

{# `result` and `errorMessage` in the field, `response` and `errorStatus` in part of the documentation: both are read. #}
{%- macro _ai_query_error(json_text) -%}
    {{ return("nullif(coalesce(get_json_object(" ~ json_text ~ ", '$.errorMessage'), get_json_object(" ~ json_text ~ ", '$.errorStatus')), '')") }}
{%- endmacro -%}

{%- macro _ai_query_answer(json_text) -%}
    {{ return(
        'case when ' ~ dbt_llm._ai_query_error(json_text) ~ ' is null then coalesce(get_json_object(' ~ json_text
        ~ ", '$.result'), get_json_object(" ~ json_text ~ ", '$.response')) end"
    ) }}
{%- endmacro -%}

{# The call. Every argument but the prompt is a constant, and a failing row is an answer and not the end of the query. #}
{%- macro _ai_query(prompt, task) -%}
    {%- set arguments = [dbt_llm.string_literal(task.endpoint.model_name), prompt] -%}
    {%- if task.model_parameters -%}
        {%- do arguments.append('modelParameters => ' ~ dbt_llm._databricks_literal(task.model_parameters)) -%}
    {%- endif -%}
    {%- if task.response_schema is not none -%}
        {%- set schema = dbt_llm._constrained_schema(
            task.response_schema, keywords=['description', 'format', 'minimum', 'maximum', 'minItems', 'maxItems'], closed=true
        ) -%}
        {%- do arguments.append('responseFormat => ' ~ dbt_llm.string_literal(dbt_llm._canonical_json(
            {'type': 'json_schema', 'json_schema': {'name': 'response', 'schema': schema, 'strict': true}}, keep_order=true
        ))) -%}
    {%- endif -%}
    {%- do arguments.append('failOnError => false') -%}
    {{ return('ai_query(\n        ' ~ (arguments | join(',\n        ')) ~ '\n    )') }}
{%- endmacro -%}

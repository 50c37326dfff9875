{# Embeddings on Databricks: ai_query of an embedding endpoint. #}

{# Staged as JSON, as completions are. #}
{%- macro databricks__embed_query(work, task, first, last) -%}
    {{ return(
        'select\n    request_key,\n    attempt,\n    prompt,\n    to_json(' ~ dbt_llm._ai_query('prompt', dbt_llm._merged(task, {'response_schema': none}))
        ~ ') as response\nfrom ' ~ work ~ '\nwhere n between ' ~ first ~ ' and ' ~ last
    ) }}
{%- endmacro -%}

{%- macro databricks__vectors_query(stage, task) -%}
    {%- set vector = "from_json(" ~ dbt_llm._ai_query_answer('response') ~ ", 'array<float>')" -%}
    {{ return(
        'select\n    request_key,\n    attempt,\n    prompt,\n    ' ~ vector ~ ' as vector,'
        ~ '\n    case when ' ~ vector ~ " is not null then '' end as completion,"
        ~ '\n    cast(null as string) as known_class,'
        ~ '\n    ' ~ dbt_llm._ai_query_error('response') ~ ' as error_message,\n    cast(null as string) as finish_reason,'
        ~ '\n    cast(null as bigint) as input_tokens,\n    cast(null as bigint) as output_tokens,'
        ~ '\n    cast(null as string) as response_model\nfrom ' ~ stage
    ) }}
{%- endmacro -%}

{%- macro databricks__has_no_number(vector) -%}
    {{ return('exists(' ~ vector ~ ", element -> element is null or isnan(element) or abs(element) = float('infinity'))") }}
{%- endmacro -%}

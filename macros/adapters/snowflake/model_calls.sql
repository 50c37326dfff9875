{# AI_COMPLETE with its details, and how its answers and failures are read. #}

{%- macro snowflake__adapter_name() -%}
    {{ return('snowflake') }}
{%- endmacro -%}

{%- macro snowflake__endpoint_keys() -%}
    {{ return({
        'required': ['model_name'],
        'optional': ['input_usd_per_million_tokens', 'output_usd_per_million_tokens', 'chunk_size', 'before_bundle_2026_02'],
        'numbers': ['input_usd_per_million_tokens', 'output_usd_per_million_tokens', 'chunk_size'],
    }) }}
{%- endmacro -%}

{# AI_EMBED has no such argument. #}
{%- macro snowflake__check_endpoint(task) -%}
    {{ return([
        'meta.llm.model_parameters: AI_EMBED takes none. Expected none for a task of kind: embedding; got ' ~ dbt_llm._quoted_list(task.model_parameters)
    ] if task.get('dimensions') is not none and task.model_parameters else []) }}
{%- endmacro -%}

{# Large enough to keep the function busy, small enough that a killed run loses minutes and not hours. #}
{%- macro snowflake__chunk_size() -%}
    {{ return(20000) }}
{%- endmacro -%}

{%- macro snowflake__call_model_query(work, task, first, last) -%}
    {{ return(
        'select\n    request_key,\n    attempt,\n    prompt,\n    ' ~ dbt_llm._ai_complete('prompt', task)
        ~ ' as response\nfrom ' ~ work ~ '\nwhere n between ' ~ first ~ ' and ' ~ last
    ) }}
{%- endmacro -%}

{#
    An answer that does not meet the schema is an error here (422): it is as final as a completion that is no JSON is
    elsewhere, for asking again would be paid again. One that ends in the midst was cut off.
    https://docs.snowflake.com/en/sql-reference/functions/ai_complete-structured-outputs (2026-09)
#}
{%- macro snowflake__answers_query(stage, task) -%}
    {%- set value = 'to_json(response:value:structured_output[0]:raw_message)' if task.response_schema is not none
        else 'cast(response:value:choices[0]:messages as varchar)' -%}
    {%- set error = 'cast(response:error as varchar)' -%}
    {{ return(
        'select\n    request_key,\n    attempt,\n    prompt,\n    case when ' ~ error ~ ' is null then ' ~ value ~ ' end as completion,'
        ~ '\n    case\n        when contains(lower(' ~ error ~ "), 'unexpected end of json input') then 'truncated'"
        ~ '\n        when contains(lower(' ~ error ~ "), 'output validation error') then 'invalid_json'\n    end as known_class,"
        ~ '\n    ' ~ error ~ ' as error_message,\n    cast(null as varchar) as finish_reason,'
        ~ '\n    cast(response:value:usage:prompt_tokens as bigint) as input_tokens,'
        ~ '\n    cast(response:value:usage:completion_tokens as bigint) as output_tokens,'
        ~ '\n    cast(response:value:model as varchar) as response_model\nfrom ' ~ stage
    ) }}
{%- endmacro -%}

{# The call, with all arguments named. The schema's other keywords are refused by Snowflake, and checked afterwards. #}
{%- macro _ai_complete(prompt, task) -%}
    {%- set arguments = [
        'model => ' ~ dbt_llm.string_literal(task.endpoint.model_name),
        'prompt => ' ~ prompt,
        'model_parameters => ' ~ dbt_llm._snowflake_literal(task.model_parameters),
    ] -%}
    {%- if task.response_schema is not none -%}
        {# A NULL in an array of Snowflake is `undefined`, and not JSON's null; parse_json('null') would be no constant. #}
        {%- set schema = dbt_llm._constrained_schema(task.response_schema, keywords=['description'], closed=true, null_in_enum=false) -%}
        {%- do arguments.append('response_format => ' ~ dbt_llm._snowflake_literal({'type': 'json', 'schema': schema})) -%}
    {%- endif -%}
    {%- do arguments.extend(['show_details => true', 'return_error_details => true']) -%}
    {{ return('ai_complete(\n        ' ~ (arguments | join(',\n        ')) ~ '\n    )') }}
{%- endmacro -%}

{#
    An answer that does not meet the schema is an error here (422): it is as final as a completion that is no JSON is
    elsewhere, for asking again would be paid again.
    https://docs.snowflake.com/en/sql-reference/functions/ai_complete-structured-outputs (2026-09)
#}
{%- macro snowflake__answers_query(stage, task) -%}
    {%- set value = 'to_json(response:value:structured_output[0]:raw_message)' if task.response_schema is not none
        else 'cast(response:value:choices[0]:messages as varchar)' -%}
    {%- set error = 'cast(response:error as varchar)' -%}
    {{ return(
        'select\n    request_key,\n    attempt,\n    prompt,\n    case when ' ~ error ~ ' is null then ' ~ value ~ ' end as completion,'
        ~ '\n    case when contains(lower(' ~ error ~ "), 'output validation error') then 'invalid_json' end as known_class,"
        ~ '\n    ' ~ error ~ ' as error_message,\n    cast(null as varchar) as finish_reason,'
        ~ '\n    cast(response:value:usage:prompt_tokens as bigint) as input_tokens,'
        ~ '\n    cast(response:value:usage:completion_tokens as bigint) as output_tokens,'
        ~ '\n    cast(response:value:model as varchar) as response_model\nfrom ' ~ stage
    ) }}
{%- endmacro -%}

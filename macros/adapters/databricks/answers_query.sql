{# `result` and `errorMessage` in the field, `response` and `errorStatus` in part of the documentation: both are read. #}
{%- macro databricks__answers_query(stage, task) -%}
    {%- set value = "coalesce(get_json_object(response, '$.result'), get_json_object(response, '$.response'))" -%}
    {%- set error = "nullif(coalesce(get_json_object(response, '$.errorMessage'), get_json_object(response, '$.errorStatus')), '')" -%}
    {{ return(
        'select\n    request_key,\n    attempt,\n    prompt,\n    case when ' ~ error ~ ' is null then ' ~ value ~ ' end as completion,'
        ~ '\n    cast(null as string) as known_class,'
        ~ '\n    ' ~ error ~ ' as error_message,\n    cast(null as string) as finish_reason,'
        ~ '\n    cast(null as bigint) as input_tokens,\n    cast(null as bigint) as output_tokens,'
        ~ '\n    cast(null as string) as response_model\nfrom ' ~ stage
    ) }}
{%- endmacro -%}

{# The class of a warehouse function's error text: the functions tell failures apart in words only. NULL for an answer. #}
{%- macro _error_class(message, completion) -%}
    {%- set classes = {
        'throttled': ['429', 'resource_exhausted', 'throttl', 'rate limit', 'too many requests', 'quota'],
        'timeout': ['timeout', 'timed out', 'deadline'],
        'provider_error': ['retryable', 'unavailable', 'internal error', '500', '503', 'output validation error'],
        'refused': ['safety', 'content filter', 'content_filter', 'guardrail', 'blocked'],
        'invalid_request': ['400', '422', 'invalid', 'bad request', 'context length', 'too long'],
    } -%}
    {%- set cases = [] -%}
    {%- for error_class, words in classes.items() -%}
        {%- set conditions = [] -%}
        {%- for word in words -%}
            {%- do conditions.append('lower(' ~ message ~ ') like ' ~ dbt_llm.string_literal('%' ~ word ~ '%')) -%}
        {%- endfor -%}
        {%- do cases.append('when ' ~ (conditions | join(' or ')) ~ ' then ' ~ dbt_llm.string_literal(error_class)) -%}
    {%- endfor -%}
    {{ return(
        'case when ' ~ message ~ ' is null and ' ~ completion ~ ' is not null then null '
        ~ (cases | join(' ')) ~ " else 'provider_error' end"
    ) }}
{%- endmacro -%}

{# The classes of answers that failed: which they are, and which may pass. #}

{# The staged answers with the class of those that failed. #}
{%- macro _classified_answers(stage, task) -%}
    {{ return(
        'select\n    read_answers.*,\n    coalesce(known_class, ' ~ dbt_llm._error_class(message='error_message', completion='completion')
        ~ ') as error_class\nfrom (\n' ~ (dbt_llm.answers_query(stage=stage, task=task) if task.get('dimensions') is none
            else dbt_llm.vectors_query(stage=stage, task=task)) ~ '\n) as read_answers'
    ) }}
{%- endmacro -%}

{#
    The class of an answer of a warehouse's function: NULL, or what its error text says, for the functions tell failures
    apart in words only. The first that fits holds, so what is telling comes before what is common: a denied permission
    may speak of a rate limit. A status counts as a word of its own: '4000 tokens' is no 400. The texts, with their
    sources, are in docs/errors.md and tests/contract/error_texts.json.
#}
{%- macro _error_class(message, completion) -%}
    {%- set patterns = [
        ('truncated', 'unexpected end of json input'),
        ('provider_error', 'permission.denied|not authorized|insufficient privileges|(in|for) (your|this) region'),
        ('invalid_request', 'max tokens of [0-9]+ exceeded|input token count|(prompt|input) is too long|context length|context window'),
        ('throttled', 'resource.exhausted|throttl|rate limit|too many requests|quota|(^|[^0-9])429([^0-9]|$)'),
        ('timeout', 'timeout|timed out|deadline'),
        ('provider_error', 'retryable|unavailable|internal error|output validation error|(^|[^0-9])50[0-4]([^0-9]|$)'),
        ('refused', 'safety|content.filter|guardrail|blocked'),
        ('invalid_request', 'invalid|bad request|too long|(^|[^0-9])(400|413|422)([^0-9]|$)'),
    ] -%}
    {%- set cases = ['when ' ~ message ~ ' is null and ' ~ completion ~ ' is not null then null'] -%}
    {%- for error_class, pattern in patterns -%}
        {%- do cases.append(
            'when ' ~ dbt_llm.text_matches('lower(' ~ message ~ ')', pattern) ~ ' then ' ~ dbt_llm.string_literal(error_class)
        ) -%}
    {%- endfor -%}
    {{ return('case\n        ' ~ (cases | join('\n        ')) ~ "\n        else 'provider_error'\n    end") }}
{%- endmacro -%}

{# Failures that a later run may try again, up to max_attempts; all others are final at once. #}
{%- macro _transient_error_classes() -%}
    {{ return(['throttled', 'provider_error', 'timeout', 'connection_error', 'out_of_memory']) }}
{%- endmacro -%}

{# What says nothing of an answer: failures that may pass, and the mark of a requeue. #}
{%- macro _passing_error_classes() -%}
    {{ return(dbt_llm._transient_error_classes() + ['requeued']) }}
{%- endmacro -%}

{# Failures that are answers, though of no use: those that a repair may mend, as it mends what validation refuses. #}
{%- macro _mendable_error_classes() -%}
    {{ return(['truncated', 'invalid_json']) }}
{%- endmacro -%}

{# Reasons of quarantine that no complaint mends: there was no answer. #}
{%- macro _unmendable_reasons() -%}
    {{ return(dbt_llm._transient_error_classes() + ['refused', 'invalid_request']) }}
{%- endmacro -%}

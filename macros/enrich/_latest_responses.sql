{#
    The latest response to each request. The ledger is append-only: a later attempt, or a requeue, supersedes. Of the
    relations in dbt_llm_response_sources only answers are read, so that a failure elsewhere hides no answer here.
#}
{%- macro _latest_responses(responses) -%}
    {%- set columns = [
        'request_key', 'model_name', 'status', 'completion', 'error_class', 'error_message', 'attempt', 'responded_at',
    ] -%}
select
        {{ columns | join(',\n        ') }}
    from (
        select
            {{ columns | join(',\n            ') }},
            row_number() over (
                partition by request_key
                order by responded_at desc nulls last, attempt desc nulls last
            ) as newest_first
        from (
            select
                {{ columns | join(',\n                ') }}
            from {{ responses }}
            {%- for source in var('dbt_llm_response_sources', []) %}
            union all
            select
                {{ columns | join(',\n                ') }}
            from {{ source }}
            where status = 'succeeded'
            {%- endfor %}
        ) as all_responses
    ) as ranked_responses
    where newest_first = 1
{%- endmacro -%}

{# The latest response to each request. The ledger is append-only: a later attempt, or a requeue, supersedes. #}
{%- macro _latest_responses(responses) -%}
select
        request_key as _dbt_llm_answered_key,
        model_name as _dbt_llm_model_name,
        status as _dbt_llm_response_status,
        completion as _dbt_llm_completion,
        error_class as _dbt_llm_error_class,
        attempt as _dbt_llm_attempt
    from (
        {{ dbt_llm._all_responses(responses) | indent(8) }}
    ) as all_responses
    qualify
        row_number() over (
            partition by request_key
            order by responded_at desc nulls last, attempt desc nulls last
        ) = 1
{%- endmacro -%}

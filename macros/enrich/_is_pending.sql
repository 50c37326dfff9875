{# Has a request no final response? A transient failure is not final until its attempts are used up. #}
{%- macro _is_pending(task) -%}
case
            when llm_requests._dbt_llm_prompt is null then false
            when llm_responses.request_key is null then true
            when llm_responses.status = 'succeeded' then false
            when llm_responses.error_class = 'requeued' then true
            when llm_responses.error_class in ({{ dbt_llm._literal_list(dbt_llm._transient_error_classes()) }})
                then coalesce(llm_responses.attempt, 1) < {{ task.max_attempts }}
            else false
        end
{%- endmacro -%}

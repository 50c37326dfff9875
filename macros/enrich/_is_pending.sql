{# Has a request no final response? A transient failure is not final until its attempts are used up. #}
{%- macro _is_pending(task) -%}
    {%- set transient = [] -%}
    {%- for error_class in dbt_llm._transient_error_classes() -%}
        {%- do transient.append(dbt_llm.string_literal(error_class)) -%}
    {%- endfor -%}
case
            when llm_requests._dbt_llm_prompt is null then false
            when llm_responses.request_key is null then true
            when llm_responses.status = 'succeeded' then false
            when llm_responses.error_class = 'requeued' then true
            when llm_responses.error_class in ({{ transient | join(', ') }})
                then coalesce(llm_responses.attempt, 1) < {{ task.max_attempts }}
            else false
        end
{%- endmacro -%}

{# Every row of the task has its answer, or never gets one; a failing row is one that waits for its answer. #}
{% test no_pending(model) %}
select *
from {{ model }}
where (llm_status = 'pending' or llm_reason = {{ dbt_llm.string_literal(dbt_llm._previous_reason()) }})
{% endtest %}

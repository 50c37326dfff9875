{# Every row of the task has its answer, or never gets one; a failing row is one that waits for its answer. #}
{% test no_pending(model) %}
select *
from {{ model }}
where llm_status = 'pending'
{% endtest %}

{# At most `max` of the task's final answers are in quarantine; where there are more, each row of them fails. #}
{% test quarantine_rate_below(model, max) %}
    {%- do dbt_llm._raise_faults('quarantine_rate_below', model, dbt_llm._number_faults({'max': {'value': max, 'least': 0, 'most': 1}})) -%}
select *
from {{ model }}
where llm_status = 'quarantined'
    and (
        select count(case when llm_status = 'quarantined' then 1 end) > {{ max }} * count(*)
        from {{ model }}
        where llm_status in ('succeeded', 'quarantined')
    )
{% endtest %}

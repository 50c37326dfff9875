{# At most `max` of the task's final answers are in quarantine; where there are more, each row of them fails. #}
{% test quarantine_rate_below(model, max) %}
    {%- if execute -%}
        {%- do dbt_llm._raise_faults('quarantine_rate_below', model, dbt_llm._number_faults({'max': {'value': max, 'least': 0, 'most': 1}})) -%}
    {%- endif -%}
with

answered as (
    select
        count(*) as answered_rows,
        count(case when llm_status = 'quarantined' then 1 end) as quarantined_rows
    from {{ model }}
    where llm_status in ('succeeded', 'quarantined')
)

select *
from {{ model }}
where llm_status = 'quarantined'
    and (select quarantined_rows > {{ max }} * answered_rows from answered)
{% endtest %}

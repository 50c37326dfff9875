{# No row has waited for its answer longer than `hours` since the time in `column`; one that waits, and has no time, fails too. #}
{% test every_row_answered_within(model, column, hours) %}
    {%- if execute -%}
        {%- do dbt_llm._raise_faults('every_row_answered_within', model, dbt_llm._number_faults({'hours': {'value': hours, 'least': 0}})) -%}
    {%- endif -%}
select *
from {{ model }}
where (llm_status = 'pending' or llm_reason = {{ dbt_llm.string_literal(dbt_llm._previous_reason()) }})
    and ({{ dbt_llm.column_name(column) }} is null or {{ dbt_llm.hours_since(dbt_llm.column_name(column)) }} > {{ hours }})
{% endtest %}

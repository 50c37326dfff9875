{# A row of dbt_llm__reservations: so many requests more, or fewer, are set aside for a task. #}
{%- macro _write_reservation(task, requests, each) -%}
    {%- do run_query(
        'insert into ' ~ dbt_llm._package_relation('dbt_llm__reservations')
        ~ ' (task, invocation_id, requests, cost_usd, reserved_at)\nselect ' ~ dbt_llm.string_literal(task.name) ~ ', '
        ~ dbt_llm.string_literal(invocation_id) ~ ', ' ~ requests ~ ', ' ~ requests * each.cost_usd ~ ', ' ~ dbt_llm.current_utc()
    ) -%}
{%- endmacro -%}

{#
    End what is set aside for a task: after its chunk, whose responses count from then on, and when it begins, for an earlier
    run that was killed. Until then that one's estimate counts, as its calls may be billed.
#}
{%- macro _release(task) -%}
    {%- if task.budgets and not dbt_llm._awaits_answers(task) -%}
        {%- set reservations = dbt_llm._package_relation('dbt_llm__reservations') -%}
        {%- do run_query(
            'insert into ' ~ reservations ~ ' (task, invocation_id, requests, cost_usd, reserved_at)'
            ~ '\nselect task, invocation_id, -sum(requests), -sum(cost_usd), reserved_at\nfrom ' ~ reservations
            ~ '\nwhere task = ' ~ dbt_llm.string_literal(task.name)
            ~ '\ngroup by task, invocation_id, reserved_at\nhaving sum(requests) <> 0'
        ) -%}
    {%- endif -%}
{%- endmacro -%}

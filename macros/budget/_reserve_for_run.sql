{# Reserve for an engine's whole run, where it needs that, and let it send no more than is reserved: a limit of the task. #}
{%- macro _reserve_for_run(task, work, pending_requests) -%}
    {%- if task.budgets and dbt_llm._reserves_for_run() -%}
        {%- set bytes = run_query(
            'select coalesce(sum(' ~ dbt_llm.text_bytes('prompt') ~ '), 0) from ' ~ work
        ).rows[0][0] | int -%}
        {%- set allowed = dbt_llm._requests_within_limits(
            task, dbt_llm._empty_outcome(left=pending_requests), bytes / pending_requests, pending_requests
        ) -%}
        {%- set reserved = dbt_llm._reserve(task, allowed.requests, allowed.each) -%}
        {%- if reserved.reason -%}
            {%- do task.update({'limits_before_budgets': task.limits, 'budget_reason': reserved.reason}) -%}
            {%- set limits = {} -%}
            {%- do limits.update(task.limits) -%}
            {%- do limits.update({'requests': reserved.requests}) -%}
            {%- do task.update({'limits': limits}) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro -%}

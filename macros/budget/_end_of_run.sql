{# Undo _reserve_for_run: name the budget that a run stopped at, and end its reservation, unless answers are still to come. #}
{%- macro _end_of_run(task, outcome) -%}
    {%- if task.budgets and dbt_llm._reserves_for_run() -%}
        {%- if task.budget_reason and outcome.stopped == 'limit:requests' -%}
            {%- do outcome.update({'stopped': task.budget_reason, 'message': none}) -%}
            {%- do task.update({'limits': task.limits_before_budgets}) -%}
        {%- endif -%}
        {%- if dbt_llm._reserves_for_run() == 'run' -%}
            {%- do dbt_llm._release(task) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro -%}

{# Warn of each budget that is spent to its `warn_at` or more, in a run that has spent of it. #}
{%- macro _warn_of_budgets(task, outcome) -%}
    {%- if task.budgets and outcome.sent > 0 -%}
        {%- set spent = dbt_llm._spent(task.budgets) -%}
        {%- for budget in task.budgets if spent[budget.name] >= budget.warn_at * budget.cap -%}
            {%- do exceptions.warn(
                'dbt_llm.enrich: ' ~ task.name ~ ': of the budget ' ~ budget.name ~ ' of ' ~ budget.cap ~ ', '
                ~ spent[budget.name] | round(4) ~ ' are spent'
                ~ (' (' ~ (100 * spent[budget.name] / budget.cap) | round | int ~ ' %)' if budget.cap > 0 else '')
                ~ '. What does not fit stays pending.'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}

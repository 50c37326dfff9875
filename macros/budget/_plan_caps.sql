{# What the task's limits and the budgets say to a plan, as lines. #}
{%- macro _plan_caps(task, requests, estimate) -%}
    {%- set lines = [] -%}
    {%- set planned = {
        'requests': requests, 'input_tokens': estimate.input_tokens, 'output_tokens': estimate.output_tokens,
        'cost_usd': estimate.cost_usd,
    } -%}
    {%- for name, limit in task.limits.items() if planned[name] is not none -%}
        {%- do lines.append('limit ' ~ name ~ ' ' ~ limit ~ ': ' ~ (
            'fits' if planned[name] <= limit else 'a run stops there, and ' ~ ((limit * 100 / planned[name]) | int) ~ ' % of it is answered'
        )) -%}
    {%- endfor -%}
    {%- set budgets = dbt_llm._budgets(task.name) -%}
    {%- if budgets -%}
        {%- set spent = dbt_llm._spent(budgets) -%}
        {%- for budget in budgets if planned[budget.unit] is not none -%}
            {%- set left = [budget.cap - spent[budget.name], 0] | max -%}
            {%- do lines.append('budget ' ~ budget.name ~ ' ' ~ budget.cap ~ ': ' ~ (spent[budget.name] | round(4)) ~ ' spent; ' ~ (
                'fits' if planned[budget.unit] <= left else 'does not fit, the rest stays pending'
            )) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(lines) }}
{%- endmacro -%}

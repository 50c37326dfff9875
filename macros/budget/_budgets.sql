{#
    The budgets that a task must keep, the project's and its own, from the var dbt_llm_budgets: a list of {'name', 'task'
    (none: of all tasks), 'period', 'unit', 'cap', 'warn_at'}. Read as if it were right: _budget_faults says what is not.
#}
{%- macro _budgets(task_name) -%}
    {%- set declared = var('dbt_llm_budgets', {}) or {} -%}
    {%- set parts = [{'before': '', 'task': none, 'periods': declared}] -%}
    {%- set own = (declared.get('tasks') or {}).get(task_name) -%}
    {%- if own -%}
        {%- do parts.append({'before': task_name ~ '.', 'task': task_name, 'periods': own}) -%}
    {%- endif -%}
    {%- set budgets = [] -%}
    {%- for part in parts -%}
        {%- for period in ['day', 'month'] -%}
            {%- for unit, cap in (part.periods.get(period) or {}).items() -%}
                {%- do budgets.append({
                    'name': part.before ~ period ~ '.' ~ unit, 'task': part.task, 'period': period, 'unit': unit, 'cap': cap,
                    'warn_at': declared.get('warn_at', 0.8),
                }) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(budgets) }}
{%- endmacro -%}

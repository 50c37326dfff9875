{# The budgets with what is spent of them, as the embedded engine is told: {name: {'unit', 'cap', 'spent', 'since'}}. #}
{%- macro _budget_terms(task) -%}
    {%- set terms = {} -%}
    {%- if task.budgets -%}
        {%- set spent = dbt_llm._spent(task.budgets) -%}
        {%- set today = run_query('select ' ~ dbt_llm.text_of(dbt_llm.utc_date(dbt_llm.current_utc()))).rows[0][0] -%}
        {%- for budget in task.budgets -%}
            {%- do terms.update({budget.name: {
                'unit': budget.unit, 'cap': budget.cap, 'spent': spent[budget.name],
                'since': today if budget.period == 'day' else today[:7],
            }}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(terms) }}
{%- endmacro -%}

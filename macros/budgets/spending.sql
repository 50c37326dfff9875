{# What is spent of the budgets. #}

{#
    What is spent of each budget, with what tasks have set aside, as {name: number}. The responses are the truth: they are
    committed as they come, so a run in progress counts, and so does one that was killed. What two runs have both ended of a
    third's reservation is below nothing, and makes no room.
#}
{%- macro _spent(budgets) -%}
    {%- set today = dbt_llm.utc_date(dbt_llm.current_utc()) -%}
    {%- set month_of_today = 'substr(' ~ dbt_llm.text_of(today) ~ ', 1, 7)' -%}
    {%- set sums = [] -%}
    {%- for budget in budgets -%}
        {%- set when = 'day = ' ~ today if budget.period == 'day' else 'substr(' ~ dbt_llm.text_of('day') ~ ', 1, 7) = ' ~ month_of_today -%}
        {%- set whose = ' and task = ' ~ dbt_llm.string_literal(budget.task) if budget.task else '' -%}
        {%- do sums.append('coalesce(sum(case when ' ~ when ~ whose ~ ' then ' ~ budget.unit ~ ' end), 0) as spent_' ~ loop.index) -%}
    {%- endfor -%}
    {%- set spending -%}
with

spending as (
    select
        task,
        {{ dbt_llm.utc_date('responded_at') }} as day,
        1 as requests,
        coalesce(cost_usd, estimated_cost_usd, 0) as cost_usd
    from {{ dbt_llm._package_relation('dbt_llm__responses') }}
    where coalesce(error_class, '') <> 'requeued'
    union all
    select
        task,
        {{ dbt_llm.utc_date('reserved_at') }} as day,
        sum(requests) as requests,
        sum(cost_usd) as cost_usd
    from {{ dbt_llm._package_relation('dbt_llm__reservations') }}
    group by task, invocation_id, {{ dbt_llm.utc_date('reserved_at') }}
    having sum(requests) > 0
)

select
    {{ sums | join(',\n    ') }}
from spending
    {%- endset -%}
    {%- set row = run_query(spending).rows[0] -%}
    {%- set spent = {} -%}
    {%- for budget in budgets -%}
        {%- do spent.update({budget.name: row[loop.index0] | float}) -%}
    {%- endfor -%}
    {{ return(spent) }}
{%- endmacro -%}

{# Warn of each budget that is spent to its `warn_at` or more, in a run that has spent of it. #}
{%- macro _warn_of_budgets(task, budgets, outcome) -%}
    {%- if budgets and outcome.sent > 0 -%}
        {%- set spent = dbt_llm._spent(budgets) -%}
        {%- for budget in budgets if spent[budget.name] >= budget.warn_at * budget.cap -%}
            {%- do dbt_llm._warn(
                'dbt_llm.enrich: ' ~ task.name ~ ': of the budget ' ~ budget.name ~ ' of ' ~ budget.cap ~ ', '
                ~ spent[budget.name] | round(4) ~ ' are spent'
                ~ (' (' ~ (100 * spent[budget.name] / budget.cap) | round | int ~ ' %)' if budget.cap > 0 else '')
                ~ '. What does not fit stays pending.'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}

{# The budgets with what is spent of them, as the embedded engine is told: {name: {'unit', 'cap', 'spent', 'since'}}. #}
{%- macro _budget_terms(budgets) -%}
    {%- set terms = {} -%}
    {%- if budgets -%}
        {%- set spent = dbt_llm._spent(budgets) -%}
        {%- set today = run_query('select ' ~ dbt_llm.text_of(dbt_llm.utc_date(dbt_llm.current_utc()))).rows[0][0] -%}
        {%- for budget in budgets -%}
            {%- do terms.update({budget.name: {
                'unit': budget.unit, 'cap': budget.cap, 'spent': spent[budget.name],
                'since': today if budget.period == 'day' else today[:7],
            }}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(terms) }}
{%- endmacro -%}

{#
    Set aside what up to `wanted` requests take, as far as the budgets have room: {'requests', 'reason'}. It is written
    first and looked at afterwards, with what other tasks have written meanwhile: of two that would together go over, one
    at least sees both, and takes less. So no rest is spent twice; at worst each leaves some of it to the next run.
#}
{%- macro _reserve(task, wanted, each) -%}
    {%- set budgets = task.budgets or [] -%}
    {%- if not budgets or wanted == 0 -%}
        {{ return({'requests': wanted, 'reason': none}) }}
    {%- endif -%}
    {%- set room = dbt_llm._fitting(budgets, dbt_llm._spent(budgets), each, wanted) -%}
    {%- if room.requests == 0 -%}
        {{ return(room) }}
    {%- endif -%}
    {%- do dbt_llm._write_reservation(task, room.requests, each) -%}
    {%- set spent = dbt_llm._spent(budgets) -%}
    {%- set others = {} -%}
    {%- for budget in budgets -%}
        {%- do others.update({budget.name: spent[budget.name] - room.requests * each[budget.unit]}) -%}
    {%- endfor -%}
    {%- set left = dbt_llm._fitting(budgets, others, each, room.requests) -%}
    {%- if left.requests < room.requests -%}
        {%- do dbt_llm._write_reservation(task, left.requests - room.requests, each) -%}
        {{ return(left) }}
    {%- endif -%}
    {{ return(room) }}
{%- endmacro -%}

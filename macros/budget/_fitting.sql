{# How many of `wanted` requests, each of which takes `each`, the budgets have room for: {'requests', 'reason'}. #}
{%- macro _fitting(budgets, spent, each, wanted) -%}
    {%- set ns = namespace(requests=wanted, reason=none) -%}
    {%- for budget in budgets -%}
        {%- set rest = budget.cap - spent[budget.name] -%}
        {# Sums of floating point numbers drift; a billionth of a dollar is none. #}
        {%- set fits = [((rest + 0.000000001) / each[budget.unit]) | int, 0] | max if each[budget.unit] > 0
            else (wanted if rest > 0 else 0) -%}
        {%- if fits < ns.requests -%}
            {%- set ns.requests = fits -%}
            {%- set ns.reason = 'budget:' ~ budget.name -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return({'requests': ns.requests, 'reason': ns.reason}) }}
{%- endmacro -%}

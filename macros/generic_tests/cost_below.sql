{# The task's latest run, the latest day on which it ran, or all its runs cost at most `usd`; the failing row says what they cost. #}
{% test cost_below(model, usd, per='run') %}
    {%- if not execute -%}
        {{ return('select 1') }}
    {%- endif -%}
    {%- set task = dbt_llm._tested_task('cost_below') -%}
    {%- set faults = dbt_llm._number_faults({'usd': {'value': usd, 'least': 0}}) -%}
    {%- if per not in ['run', 'day', 'total'] -%}
        {%- do faults.append("per: no such period. Expected one of 'run', 'day', 'total'; got " ~ dbt_llm._got(per)) -%}
    {%- endif -%}
    {%- do dbt_llm._raise_faults('cost_below', task.name, faults) -%}
    {%- set dear = dbt_llm._dear_runs(task=task.name, usd=usd, per=per) -%}
    {%- do dbt_llm._say_failures('cost_below', dear) -%}
    {{ return(dear) }}
{% endtest %}

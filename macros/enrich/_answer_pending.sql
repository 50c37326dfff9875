{# Call the language model for what is pending, unless nothing is, or nothing may be called. Returns the outcome. #}
{%- macro _answer_pending(task, work, pending_requests, mode) -%}
    {%- set nothing = dbt_llm._empty_outcome(left=pending_requests) -%}
    {%- if pending_requests == 0 -%}
        {{ return(nothing) }}
    {%- elif mode == 'cache_only' -%}
        {%- do nothing.update({'stopped': 'cache_only'}) -%}
        {{ return(nothing) }}
    {%- endif -%}
    {# Not sooner: where nothing is to be called, nothing need be there that calls. #}
    {%- set faults = dbt_llm.check_endpoint(task) + dbt_llm._budget_faults(task.name, task.endpoint, task.endpoint_name) -%}
    {%- if faults -%}
        {%- do run_query('drop table if exists ' ~ work) -%}
        {%- do dbt_llm._raise_faults('enrich', task.name, faults) -%}
    {%- endif -%}
    {%- set estimate = dbt_llm._estimate_of_work(task, work, pending_requests) -%}
    {%- do task.update({'budgets': dbt_llm._budgets(task.name)}) -%}
    {%- do dbt_llm._release(task) -%}
    {%- do task.update({'budget_terms': dbt_llm._budget_terms(task)}) -%}
    {%- do dbt_llm._reserve_for_run(task, work, pending_requests) -%}
    {%- set outcome = dbt_llm.complete_relation(work=work, responses=dbt_llm._package_relation('dbt_llm__responses'), task=task) -%}
    {%- do outcome.update({'estimate': estimate}) -%}
    {%- do dbt_llm._end_of_run(task, outcome) -%}
    {%- do dbt_llm._warn_of_budgets(task, outcome) -%}
    {{ return(outcome) }}
{%- endmacro -%}

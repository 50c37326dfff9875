{#
    What answers a task's pending requests: in a SQL model the target's engine or SQL function, in a Python model an engine of
    the companion, which answers the macros of this file in their place (EngineAnswers in src/dbt_llm/macros.py).
#}

{# The name by which runs and responses know it. #}
{%- macro _engine_name() -%}
    {{ return(dbt_llm.adapter_name()) }}
{%- endmacro -%}

{# What is wrong with the endpoint that only the engine can tell, as a list of sentences. #}
{%- macro _endpoint_faults(task) -%}
    {{ return(dbt_llm.check_endpoint(task)) }}
{%- endmacro -%}

{#
    Append what a run that was killed after its call had staged, or its companion had written: it is paid for. What is there already
    is left out.
#}
{%- macro _recover_answers(responses, task) -%}
    {%- if dbt_llm.recover_answers(responses=responses) > 0 -%}
        {%- do log(task.name ~ ': took over the answers that an interrupted run had paid for', info=true) -%}
    {%- endif -%}
    {%- do dbt_llm._take_over_stage(dbt_llm._work_relation('answers'), responses, task) -%}
    {%- do dbt_llm._recover_dead_runs(task, responses) -%}
{%- endmacro -%}

{#
    Answer every request of the work table, append the responses, and return the outcome. An adapter without an engine
    returns none, and its SQL function is called in chunks. `run`: what holds for this run only, {'prompt_version', 'limits',
    'budgets', 'budget_terms'}; its limits are the task's, or less where a budget has left less.
#}
{%- macro _complete_relation(work, responses, task, run) -%}
    {%- set outcome = dbt_llm.complete_relation(work=work, responses=responses, task=task, run=run) -%}
    {%- if outcome is none -%}
        {{ return(dbt_llm._complete_in_chunks(work=work, responses=responses, task=task, run=run)) }}
    {%- endif -%}
    {{ return(outcome) }}
{%- endmacro -%}

{# The outcome of a run before its first call, with this many requests left pending. #}
{%- macro _empty_outcome(left) -%}
    {{ return({
        'sent': 0, 'calls': 0, 'succeeded': 0, 'failed': 0, 'left': left, 'claimed': 0, 'throttled': 0,
        'input_tokens': 0, 'output_tokens': 0, 'cost_usd': none, 'stopped': none, 'message': none,
    }) }}
{%- endmacro -%}

{#
    How long an engine needs the budgets' room that its whole run may take: none, for a road that keeps the budgets
    itself; `run`, until its end; `next_run`, for one whose answers come later. An engine of Python models may say so.
#}
{%- macro _reserves_for_run() -%}
    {{ return(none) }}
{%- endmacro -%}

{# Is something of a task paid for and not answered yet? Never with a SQL function; the batch engine says so of its open jobs. #}
{%- macro _awaits_answers(task) -%}
    {{ return(false) }}
{%- endmacro -%}

{#
    Answer the work table by a warehouse's SQL function, chunk by chunk, each staged and then appended. Failures that may
    pass are asked once more in the same run, unless a whole chunk failed so. Returns the outcome.
#}
{%- macro _complete_in_chunks(work, responses, task) -%}
    {%- set stage = dbt_llm._work_relation('answers') -%}
    {%- set again = dbt_llm._work_relation('again') -%}
    {%- set outcome = dbt_llm._empty_outcome(left=0) -%}
    {%- do dbt_llm._warn_of_twins(task) -%}
    {%- do dbt_llm.before_calls(task) -%}
    {%- do dbt_llm._answer_chunks(work, stage, again, responses, task, outcome) -%}
    {%- set asked_again = 0 if outcome.stopped else dbt_llm._ask_again(again, work) -%}
    {%- if asked_again > 0 -%}
        {%- do outcome.update({'left': outcome.left - asked_again}) -%}
        {%- do dbt_llm._answer_chunks(work, stage, again, responses, task, outcome, is_second_pass=true) -%}
    {%- endif -%}
    {%- do run_query('drop table if exists ' ~ again) -%}
    {%- do dbt_llm.after_calls(task) -%}
    {# A function that tells no tokens leaves them unknown, which is not zero. #}
    {%- if outcome.sent > 0 and outcome.input_tokens == 0 -%}
        {%- do outcome.update({'input_tokens': none, 'output_tokens': none}) -%}
    {%- elif 'input_usd_per_million_tokens' in task.endpoint -%}
        {%- do outcome.update({'cost_usd': (
            outcome.input_tokens * task.endpoint.input_usd_per_million_tokens
            + outcome.output_tokens * task.endpoint.get('output_usd_per_million_tokens', 0)
        ) / 1000000}) -%}
    {%- endif -%}
    {{ return(outcome) }}
{%- endmacro -%}

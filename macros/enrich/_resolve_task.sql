{# Answer the requests that these steps find pending, and record the run. #}
{%- macro _resolve_task(task, steps) -%}
    {%- set mode = dbt_llm._mode() -%}
    {%- set was_inside = dbt_llm.leave_transaction() -%}
    {%- set work = dbt_llm._work_relation('requests') -%}
    {%- do dbt_llm.recover_answers(responses=dbt_llm._package_relation('dbt_llm__responses'), task=task) -%}
    {%- set started_at = run_query('select ' ~ dbt_llm.current_utc()).rows[0][0] -%}
    {%- set counts = dbt_llm._write_pending_requests(task, steps, work) -%}
    {%- do task.update({'prompt_version': counts.prompt_version}) -%}
    {%- set outcome = dbt_llm._answer_pending(task, work, counts.pending_requests, mode) -%}
    {%- do dbt_llm._record_run(task, counts, outcome, started_at) -%}
    {%- do run_query('drop table if exists ' ~ work) -%}
    {%- do dbt_llm.enter_transaction(was_inside) -%}
    {%- do dbt_llm._report_outcome(task, outcome) -%}
{%- endmacro -%}

{#
    The invocations that answered requests of this task since it was last measured: mostly this one, and before it those
    that failed after they had paid. They are asked for apart, so that the insert reads nothing of the table into which
    other tasks insert at the same time.
#}
{%- macro _unmeasured_runs() -%}
    {%- set task = dbt_llm.string_literal(dbt_llm._task_name()) -%}
    {%- set measured = dbt_llm._package_relation('dbt_llm__output_distribution') -%}
    {%- set found = run_query(
        'select distinct runs.invocation_id from ' ~ dbt_llm._package_relation('dbt_llm__runs') ~ ' as runs'
        ~ ' left join (select max(measured_at) as measured_at from ' ~ measured ~ ' where task = ' ~ task ~ ') as latest on 1 = 1'
        ~ ' where runs.task = ' ~ task ~ ' and runs.succeeded_requests + runs.failed_requests > 0'
        ~ ' and (latest.measured_at is null or runs.finished_at > latest.measured_at)'
    ) -%}
    {%- set invocations = [] -%}
    {%- for row in found.rows -%}
        {%- do invocations.append(row[0]) -%}
    {%- endfor -%}
    {{ return(invocations) }}
{%- endmacro -%}

{#
    The invocations that answered requests of this task since it was last measured (mostly this one, and before it those
    that failed after they had paid), with the language model and prompt version of this run; none where there are none.
    They are asked for apart, so that the insert reads nothing of the table into which other tasks insert at the same time.
#}
{%- macro _unmeasured_runs() -%}
    {%- set task = dbt_llm.string_literal(dbt_llm._task_name()) -%}
    {%- set runs = dbt_llm._package_relation('dbt_llm__runs') -%}
    {%- set measured = dbt_llm._package_relation('dbt_llm__output_distribution') -%}
    {%- set found = run_query(
        'select distinct runs.invocation_id, this_run.model_name, this_run.prompt_version from ' ~ runs ~ ' as runs'
        ~ ' inner join (select model_name, prompt_version from ' ~ runs ~ ' where task = ' ~ task
        ~ ' and invocation_id = ' ~ dbt_llm.string_literal(invocation_id) ~ ') as this_run on 1 = 1'
        ~ ' left join (select max(measured_at) as measured_at from ' ~ measured ~ ' where task = ' ~ task ~ ') as latest on 1 = 1'
        ~ ' where runs.task = ' ~ task ~ ' and runs.succeeded_requests + runs.failed_requests > 0'
        ~ ' and (latest.measured_at is null or runs.finished_at > latest.measured_at)'
    ).rows -%}
    {%- if found | length == 0 -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set invocations = [] -%}
    {%- for row in found -%}
        {%- do invocations.append(row[0]) -%}
    {%- endfor -%}
    {{ return({
        'invocation': invocation_id, 'invocations': invocations, 'model_name': found[0][1], 'prompt_version': found[0][2],
    }) }}
{%- endmacro -%}

{# What a task leaves in the package's tables: a row for its run, and what stands in quarantine. #}

{# One row in dbt_llm__runs: what this run of the task found, called, paid and left. #}
{%- macro _record_run(task, counts, outcome, estimate, started_at) -%}
    {%- set row = {
        'task': dbt_llm.string_literal(task.name),
        'invocation_id': dbt_llm.string_literal(invocation_id),
        'endpoint': dbt_llm.string_literal(task.endpoint_name),
        'model_name': dbt_llm.string_literal(task.model_name),
        'prompt_version': dbt_llm.string_literal(counts.prompt_version),
        'engine': dbt_llm.string_literal(dbt_llm._engine_name()),
        'input_rows': counts.input_rows,
        'prompt_rows': counts.prompt_rows,
        'distinct_requests': counts.distinct_requests,
        'pending_requests': counts.pending_requests,
        'sent_requests': outcome.sent,
        'calls': outcome.calls,
        'succeeded_requests': outcome.succeeded,
        'failed_requests': outcome.failed,
        'repair_requests': outcome.get('repairs', 0),
        'left_requests': outcome.left,
        'throttled_calls': outcome.throttled,
        'input_tokens': outcome.input_tokens if outcome.input_tokens is not none else 'null',
        'output_tokens': outcome.output_tokens if outcome.output_tokens is not none else 'null',
        'cost_usd': outcome.cost_usd if outcome.cost_usd is not none else 'null',
        'stop_reason': dbt_llm.string_literal(outcome.stopped) if outcome.stopped else 'null',
        'message': dbt_llm.string_literal(outcome.message) if outcome.message else 'null',
        'started_at': 'cast(' ~ dbt_llm.string_literal(started_at) ~ ' as ' ~ dbt.type_timestamp() ~ ')',
        'finished_at': dbt_llm.current_utc(),
    } -%}
    {%- if counts.get('filtered_requests') is not none -%}
        {%- do row.update({'filtered_requests': counts.filtered_requests}) -%}
    {%- endif -%}
    {%- if estimate -%}
        {%- do row.update({
            'estimated_input_tokens': estimate.input_tokens,
            'estimated_output_tokens': estimate.output_tokens,
            'estimated_cost_usd': estimate.cost_usd if estimate.cost_usd is not none else 'null',
        }) -%}
    {%- endif -%}
    {%- do run_query(
        'insert into ' ~ dbt_llm._package_relation('dbt_llm__runs')
        ~ ' (' ~ (row.keys() | join(', ')) ~ ')\nselect ' ~ (row.values() | join(', '))
    ) -%}
{%- endmacro -%}

{#
    The post-hook of a task, in SQL or Python: its part of the package's tables, and a line that says how it stands. A hook
    is one statement, so these are run here. `response_format`: where it is not in the task's config.
#}
{%- macro _record_rows(response_format=none) -%}
    {%- if dbt_llm._writes_rows() -%}
        {%- set was_inside = dbt_llm._leave_transaction_of_table() -%}
        {%- set rows = dbt_llm._rows_by_status() -%}
        {%- set drawn = dbt_llm._drawn_for_review() -%}
        {%- set recorded = dbt_llm._recorded_of_task(drawn) -%}
        {%- for statement in [
            dbt_llm._record_quarantine(rows, recorded.quarantined),
            dbt_llm._record_review_sample(drawn) if recorded.drawn > 0 else '',
            dbt_llm._record_distribution(response_format) if recorded.unmeasured > 0 else '',
        ] if statement | trim -%}
            {%- do run_query(statement) -%}
        {%- endfor -%}
        {%- if dbt_llm._has_filter() -%}
            {%- do dbt_llm._record_filter_audit() -%}
        {%- endif -%}
        {%- do dbt_llm.enter_transaction(was_inside) -%}
        {%- do dbt_llm._tell_of_rows(rows, recorded.run) -%}
    {%- elif dbt_llm._is_built() -%}
        {%- do dbt_llm._warn_of_pending_view() -%}
    {%- endif -%}
{%- endmacro -%}

{#
    What the package's tables say of the task, in one statement, as each costs dbt and the platform a round: {'quarantined': its rows in
    dbt_llm__quarantine, 'drawn': the requests that the review sample lacks, 'unmeasured': the runs whose answers are not measured yet,
    'run': what this run found, sent and spent}. Mostly nothing is new, and nothing else is asked then. `drawn`: a query, or none.
#}
{%- macro _recorded_of_task(drawn) -%}
    {%- set task = dbt_llm.string_literal(dbt_llm._task_name()) -%}
    {%- set columns = ['distinct_requests', 'pending_requests', 'sent_requests', 'left_requests', 'stop_reason', 'cost_usd', 'succeeded_requests', 'failed_requests'] -%}
    {%- set found = run_query(
        'select quarantined.row_count as quarantined_rows, drawn.row_count as drawn_requests, unmeasured.row_count as unmeasured_runs, this_run.' ~ (columns | join(', this_run.'))
        ~ '\nfrom (select count(*) as row_count from ' ~ dbt_llm._package_relation('dbt_llm__quarantine') ~ ' where task = ' ~ task ~ ') as quarantined'
        ~ '\ncross join (' ~ ('select count(*) as row_count from (\n' ~ drawn ~ '\n) as new_requests' if drawn else 'select 0 as row_count') ~ ') as drawn'
        ~ '\ncross join (select count(*) as row_count from ' ~ dbt_llm._unmeasured_of_task(task) ~ ') as unmeasured'
        ~ '\ncross join (select ' ~ (columns | join(', ')) ~ ' from ' ~ dbt_llm._package_relation('dbt_llm__runs') ~ ' where task = ' ~ task
        ~ ' and invocation_id = ' ~ dbt_llm.string_literal(invocation_id) ~ ' order by started_at desc limit 1) as this_run'
    ).rows[0] -%}
    {%- set run = {} -%}
    {%- for column in columns -%}
        {%- do run.update({column: found[loop.index0 + 3]}) -%}
    {%- endfor -%}
    {{ return({'quarantined': found[0] | int, 'drawn': found[1] | int, 'unmeasured': found[2] | int, 'run': run}) }}
{%- endmacro -%}

{#
    dbt_llm__quarantine holds what its table holds in quarantine now, with the completions. `rows`: those of the table by status
    and reason, and `standing`: the task's rows in dbt_llm__quarantine, where they are counted already. Without any in quarantine,
    nothing is inserted, and the responses are not looked at.
#}
{%- macro _record_quarantine(rows=none, standing=none) -%}
    {%- if dbt_llm._writes_rows() -%}
        {%- set quarantine = dbt_llm._package_relation('dbt_llm__quarantine') -%}
        {%- set task = dbt_llm.string_literal(dbt_llm._task_name()) -%}
        {%- set standing = standing if standing is not none
            else run_query('select count(*) from ' ~ quarantine ~ ' where task = ' ~ task).rows[0][0] | int -%}
        {# Not where there is nothing: two tasks that delete from one table at once may conflict. #}
        {%- if standing > 0 -%}
            {%- do run_query('delete from ' ~ quarantine ~ ' where task = ' ~ task) -%}
        {%- endif -%}
        {%- if (rows or dbt_llm._rows_by_status()).quarantined %}
insert into {{ quarantine }}
    (task, request_key, prompt_version, reason, input_rows, completion, error_message, model_name, attempt, responded_at, invocation_id)
with

quarantined as (
    select
        llm_request_key as request_key,
        llm_prompt_version as prompt_version,
        llm_reason as reason,
        count(*) as input_rows
    from {{ this }}
    where llm_status = 'quarantined'
    group by llm_request_key, llm_prompt_version, llm_reason
),

responses as (
    {{ dbt_llm._latest_responses(dbt_llm._package_relation('dbt_llm__responses')) }}
)

select
    {{ task }},
    quarantined.request_key,
    quarantined.prompt_version,
    quarantined.reason,
    quarantined.input_rows,
    responses.completion,
    responses.error_message,
    responses.model_name,
    responses.attempt,
    responses.responded_at,
    {{ dbt_llm.string_literal(invocation_id) }}
from quarantined
left join responses
    on quarantined.request_key = responses.request_key
        {%- endif -%}
    {%- endif -%}
{%- endmacro -%}

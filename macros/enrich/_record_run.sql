{# One row in dbt_llm__runs: what this run of the task found, called, paid and left. #}
{%- macro _record_run(task, counts, outcome, started_at) -%}
    {%- set row = {
        'task': dbt_llm.string_literal(task.name),
        'invocation_id': dbt_llm.string_literal(invocation_id),
        'endpoint': dbt_llm.string_literal(task.endpoint_name),
        'model_name': dbt_llm.string_literal(task.model_name),
        'prompt_version': dbt_llm.string_literal(task.prompt_version),
        'engine': dbt_llm.string_literal(dbt_llm.adapter_name()),
        'input_rows': counts.input_rows,
        'prompt_rows': counts.prompt_rows,
        'distinct_requests': counts.distinct_requests,
        'pending_requests': counts.pending_requests,
        'sent_requests': outcome.sent,
        'calls': outcome.calls,
        'succeeded_requests': outcome.succeeded,
        'failed_requests': outcome.failed,
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
    {%- set estimate = outcome.estimate -%}
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

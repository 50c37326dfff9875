{# What a run says at its end: how its rows stand, which requests were paid, and what it cost. #}

{# One line on the task's table, whose `rows` are counted by status and reason, and on this `run`; a warning where no row is of use. #}
{%- macro _tell_of_rows(rows, run) -%}
    {%- set task = dbt_llm._task_name() -%}
    {%- set quarantined = dbt_llm._count_of_reasons(rows.quarantined) -%}
    {%- set kept = rows.succeeded.get(dbt_llm._previous_reason()) -%}
    {%- set parts = [
        (rows.succeeded.values() | sum) ~ ' valid' ~ (' (' ~ kept ~ ' of them the previous answer)' if kept else ''),
        quarantined.rows ~ ' quarantined' ~ quarantined.reasons,
        (rows.pending.values() | sum) ~ ' pending',
    ] -%}
    {%- if rows.skipped -%}
        {%- do parts.append((rows.skipped.values() | sum) ~ ' skipped'
            ~ (' (' ~ rows.skipped.filtered ~ ' of them by the filter)' if rows.skipped.filtered else '')) -%}
    {%- endif -%}
    {%- set reasons = rows.pending.keys() | join(' ') -%}
    {%- set in_batches = dbt_llm._requests_in_batches(this, 'llm_request_key', "llm_status = 'pending'") if 'batch:' in reasons or run.stop_reason == 'batch' else {} -%}
    {%- do log(task ~ ': ' ~ (parts | join(', ')) ~ '; ' ~ dbt_llm._requests_of_run(run, in_batches.values() | sum), info=true) -%}
    {#- A run that asks nothing else says nothing of them; a job of another name may never be collected. #}
    {%- if run.stop_reason != 'batch' and in_batches.keys() | reject('equalto', task) | list -%}
        {%- do dbt_llm._warn('dbt_llm.enrich: ' ~ task ~ ': ' ~ dbt_llm._collectors_of(in_batches)) -%}
    {%- endif -%}
    {%- if quarantined.rows > 0 and not rows.succeeded -%}
        {%- do dbt_llm._warn('dbt_llm.enrich: ' ~ task ~ ': no row is valid, ' ~ quarantined.rows ~ ' are in quarantine' ~ quarantined.reasons
            ~ '. See dbt_llm__quarantine for what was answered, and docs/quarantine.md for what to do.') -%}
    {%- endif -%}
{%- endmacro -%}

{# The rows of the task's table: {status: {reason: rows}}. #}
{%- macro _rows_by_status() -%}
    {# The last are of golden rows. #}
    {%- set rows = {'succeeded': {}, 'quarantined': {}, 'pending': {}, 'skipped': {}, 'unusable': {}} -%}
    {%- for row in run_query(
        'select llm_status, llm_reason, count(*) from ' ~ this ~ ' group by llm_status, llm_reason order by count(*) desc, llm_reason'
    ).rows -%}
        {%- do rows[row[0]].update({row[1] or '': row[2] | int}) -%}
    {%- endfor -%}
    {{ return(rows) }}
{%- endmacro -%}

{# How many rows, and ` (32 invalid_json, …)`, the most frequent reasons first. #}
{%- macro _count_of_reasons(reasons) -%}
    {%- set named = [] -%}
    {%- for reason, rows in (reasons.items() | list)[:5] -%}
        {%- do named.append(rows ~ ' ' ~ reason) -%}
    {%- endfor -%}
    {%- if reasons | length > 5 -%}
        {%- do named.append('and ' ~ (reasons | length - 5) ~ ' other reasons') -%}
    {%- endif -%}
    {{ return({'rows': reasons.values() | sum, 'reasons': ' (' ~ (named | join(', ')) ~ ')' if named else ''}) }}
{%- endmacro -%}

{# `507 requests: 120 paid, 387 cached; 0.02 USD`: what this run found, sent and spent. `in_batches`: how many are in open batch jobs now. #}
{%- macro _requests_of_run(run, in_batches=0) -%}
    {%- set found = run.distinct_requests | int -%}
    {%- set sent = run.sent_requests | int -%}
    {%- set pending = run.pending_requests | int -%}
    {#- An engine of batches does not find pending what is in a job already; another one leaves it. #}
    {%- set leaves_it = run.stop_reason == 'batch' -%}
    {%- set submitted_before = in_batches if leaves_it else [in_batches - sent, 0] | max -%}
    {%- set left = (run.left_requests | int) - (submitted_before if leaves_it else 0) -%}
    {%- set cached = found - pending - (0 if leaves_it else submitted_before) -%}
    {#- What an endpoint that answers nobody was sent is not kept. #}
    {%- set paid = [sent, (run.succeeded_requests | int) + (run.failed_requests | int)] | min if run.stop_reason in ['unanswered', 'throttled'] else sent -%}
    {%- set parts = [paid ~ ' paid', cached ~ ' cached'] -%}
    {%- if submitted_before > 0 -%}
        {%- do parts.append(submitted_before ~ ' in a batch job') -%}
    {%- endif -%}
    {%- set by_others = pending - sent - (run.left_requests | int) -%}
    {%- if by_others > 0 -%}
        {%- do parts.append(by_others ~ ' paid by another run') -%}
    {%- endif -%}
    {%- if left > 0 -%}
        {%- do parts.append(left ~ ' left' ~ (' (' ~ run.stop_reason ~ ')' if run.stop_reason else '')) -%}
    {%- endif -%}
    {%- set cost = 'nothing was sent' if sent == 0
        else (dbt_llm._format_usd(run.cost_usd | float) ~ ' USD' if run.cost_usd is not none else 'no price is known') -%}
    {{ return(found ~ ' requests: ' ~ (parts | join(', ')) ~ '; ' ~ cost) }}
{%- endmacro -%}

{# A view asks nothing, which nobody may have meant: the materialization is often forgotten. #}
{%- macro _warn_of_pending_view() -%}
    {%- set rows = dbt_llm._rows_by_status() -%}
    {%- if rows.pending -%}
        {%- do dbt_llm._warn('dbt_llm.enrich: ' ~ dbt_llm._task_name() ~ ': ' ~ (rows.pending.values() | sum)
            ~ " rows stay pending, as a view shows answers and never asks for any. Set materialized: incremental with a unique_key, or table.") -%}
    {%- endif -%}
{%- endmacro -%}

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
    {%- do log(task ~ ': ' ~ (parts | join(', ')) ~ '; ' ~ dbt_llm._requests_of_run(run), info=true) -%}
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

{# `507 requests: 120 paid, 387 cached; 0.02 USD`: what this run found, sent and spent. #}
{%- macro _requests_of_run(run) -%}
    {%- set found = run.distinct_requests | int -%}
    {%- set sent = run.sent_requests | int -%}
    {%- set parts = [sent ~ ' paid', (found - (run.pending_requests | int)) ~ ' cached'] -%}
    {%- set by_others = (run.pending_requests | int) - sent - (run.left_requests | int) -%}
    {%- if by_others > 0 -%}
        {%- do parts.append(by_others ~ ' paid by another run') -%}
    {%- endif -%}
    {%- if run.left_requests | int > 0 -%}
        {%- do parts.append((run.left_requests | int) ~ ' left' ~ (' (' ~ run.stop_reason ~ ')' if run.stop_reason else '')) -%}
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

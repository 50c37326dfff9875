{# What a run says at its end: how its rows stand, which requests were paid, and what it cost. #}

{# One line on the task's table, whose `rows` are counted by status and reason, and on this run; a warning where no row is of use. #}
{%- macro _tell_of_rows(rows) -%}
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
    {%- do log(task ~ ': ' ~ (parts | join(', ')) ~ '; ' ~ dbt_llm._requests_of_run(task), info=true) -%}
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
{%- macro _requests_of_run(task) -%}
    {%- set run = run_query(
        'select distinct_requests, pending_requests, sent_requests, left_requests, stop_reason, cost_usd from '
        ~ dbt_llm._package_relation('dbt_llm__runs') ~ ' where task = ' ~ dbt_llm.string_literal(task)
        ~ ' and invocation_id = ' ~ dbt_llm.string_literal(invocation_id) ~ ' order by started_at desc limit 1'
    ).rows[0] -%}
    {%- set sent = run[2] | int -%}
    {%- set parts = [sent ~ ' paid', ((run[0] | int) - (run[1] | int)) ~ ' cached'] -%}
    {%- if run[3] | int > 0 -%}
        {%- do parts.append((run[3] | int) ~ ' left' ~ (' (' ~ run[4] ~ ')' if run[4] else '')) -%}
    {%- endif -%}
    {%- set cost = 'nothing was sent' if sent == 0 else (dbt_llm._format_usd(run[5] | float) ~ ' USD' if run[5] is not none else 'no price is known') -%}
    {{ return((run[0] | int) ~ ' requests: ' ~ (parts | join(', ')) ~ '; ' ~ cost) }}
{%- endmacro -%}

{# A view asks nothing, which nobody may have meant: the materialization is often forgotten. #}
{%- macro _warn_of_pending_view() -%}
    {%- set rows = dbt_llm._rows_by_status() -%}
    {%- if rows.pending -%}
        {%- do dbt_llm._warn('dbt_llm.enrich: ' ~ dbt_llm._task_name() ~ ': ' ~ (rows.pending.values() | sum)
            ~ " rows stay pending, as a view shows answers and never asks for any. Set materialized: incremental with a unique_key, or table.") -%}
    {%- endif -%}
{%- endmacro -%}

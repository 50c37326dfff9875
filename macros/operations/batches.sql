{# The ledger of batch jobs: what became of them, and how to give one up or hand it on. #}

{# Say which batch jobs are open, and what became of the latest others, from the ledger. It asks no provider. #}
{%- macro batches(task=none, closed=10) -%}
    {%- if execute -%}
        {%- set ledger = dbt_llm._batch_ledger('batches') -%}
        {%- set rows = run_query(dbt_llm._batches_query(ledger, task, closed)).rows -%}
        {%- do log('dbt_llm.batches: ' ~ (rows | length or 'no') ~ ' batch jobs' ~ (' of ' ~ task if task else ''), info=true) -%}
        {%- for row in rows -%}
            {%- do log(dbt_llm._printable(dbt_llm._batch_line(row)), info=true) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}

{#
    Give an open batch job up: its requests are asked again by the next run, and paid again if it was answered after all. Or
    hand it to the task of another name, which then collects it. It asks no provider.
#}
{%- macro close_batch(batch_key, hand_to=none) -%}
    {%- if execute -%}
        {%- set ledger = dbt_llm._batch_ledger('close_batch') -%}
        {%- set columns = [
            'batch_key', 'endpoint', 'provider', 'model_name', 'prompt_version', 'batch_id', 'input_id', 'requests',
            'estimated_input_tokens', 'absences', 'succeeded_requests', 'failed_requests', 'intended_at',
        ] -%}
        {%- set latest = 'select *, row_number() over (partition by batch_key order by coalesce(sequence, 0) desc, recorded_at desc) as newest_first from '
            ~ ledger -%}
        {%- set this_one = ' from (' ~ latest ~ ') as events where newest_first = 1 and coalesce(is_open, true) and batch_key = '
            ~ dbt_llm.string_literal(batch_key | string) -%}
        {%- set found = run_query('select task, requests, state' ~ this_one).rows -%}
        {%- if not found -%}
            {%- do exceptions.raise_compiler_error(
                "dbt_llm.close_batch: no open batch job. Expected the key of one that `dbt run-operation dbt_llm.batches` lists; got '"
                ~ batch_key ~ "'."
            ) -%}
        {%- endif -%}
        {# The look-up above may have opened a transaction, which nobody would commit. #}
        {%- do dbt_llm.leave_transaction() -%}
        {%- do run_query(
            'insert into ' ~ ledger ~ ' (' ~ (columns | join(', '))
            ~ ', sequence, state, is_open, task, message, invocation_id, recorded_at)\nselect ' ~ (columns | join(', '))
            ~ ', coalesce(sequence, 0) + 1, ' ~ ('state, true, ' if hand_to else "'given_up', false, ")
            ~ (dbt_llm.string_literal(hand_to) if hand_to else 'task') ~ ', '
            ~ dbt_llm.string_literal('handed on from ' ~ found[0][0] if hand_to else 'given up by hand') ~ ', '
            ~ dbt_llm.string_literal(invocation_id) ~ ', ' ~ dbt_llm.current_utc() ~ this_one
        ) -%}
        {%- do log(
            'dbt_llm.close_batch: ' ~ batch_key ~ ' of ' ~ found[0][0] ~ ', ' ~ found[0][1] ~ ' requests: '
            ~ ('handed to ' ~ hand_to if hand_to else 'given up; the next run asks them again'), info=true
        ) -%}
    {%- endif -%}
{%- endmacro -%}

{# The ledger of batch jobs, which must have been built. `macro_name`: who asks. #}
{%- macro _batch_ledger(macro_name) -%}
    {%- set ledger = dbt_llm._package_relation('dbt_llm__batches') -%}
    {%- if load_relation(ledger) is none -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_llm.' ~ macro_name ~ ": the package's tables are not built. Expected " ~ ledger
            ~ ' in this target; got none. Run `dbt run --select package:dbt_llm`.'
        ) -%}
    {%- endif -%}
    {{ return(ledger) }}
{%- endmacro -%}

{# The latest row of each batch job: all that are open, oldest first, after the latest `closed` others. #}
{%- macro _batches_query(ledger, task, closed) -%}
    {%- set columns = [
        'batch_key', 'state', 'is_open', 'task', 'provider', 'model_name', 'batch_id', 'requests', 'succeeded_requests',
        'failed_requests', 'cost_usd', 'message', 'intended_at',
    ] -%}
with

llm_events as (
    select
        {{ columns | join(',\n        ') }},
        row_number() over (partition by batch_key order by coalesce(sequence, 0) desc, recorded_at desc) as newest_first
    from {{ ledger }}
),

llm_jobs as (
    select
        {{ columns | join(',\n        ') }},
        row_number() over (partition by is_open order by intended_at desc, batch_key) as place
    from llm_events
    where newest_first = 1
        {%- if task %}
        and task = {{ dbt_llm.string_literal(task) }}
        {%- endif %}
)

select
    {{ columns | join(',\n    ') }},
    {{ dbt_llm.current_utc() }} as looked_at
from llm_jobs
where coalesce(is_open, true) or place <= {{ closed | int }}
order by is_open, intended_at, batch_key
{%- endmacro -%}

{# A line of batches: a row of _batches_query, as a user reads it. #}
{%- macro _batch_line(row) -%}
    {%- set parts = [
        row[3] ~ ': ' ~ row[1],
        row[7] ~ ' requests' ~ (' (' ~ (row[8] or 0) ~ ' succeeded, ' ~ (row[9] or 0) ~ ' failed)' if row[8] is not none else ''),
        'since ' ~ (row[12] | string)[:16] ~ ' UTC',
        row[4] ~ ' ' ~ (row[6] or '(no id)'),
        row[5],
        'key ' ~ row[0],
    ] -%}
    {%- if row[10] is not none -%}
        {%- do parts.append(row[10] | float | round(4) ~ ' USD') -%}
    {%- endif -%}
    {%- if row[11] -%}
        {%- do parts.append(row[11]) -%}
    {%- endif -%}
    {{ return('  ' ~ (parts | join(', '))) }}
{%- endmacro -%}

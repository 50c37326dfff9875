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
        {%- set latest = 'select *, row_number() over (partition by batch_key order by sequence desc, recorded_at desc) as newest_first from '
            ~ ledger -%}
        {%- set this_one = ' from (' ~ latest ~ ') as events where newest_first = 1 and is_open and batch_key = '
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
            ~ ', sequence + 1, ' ~ ('state, true, ' if hand_to else "'given_up', false, ")
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

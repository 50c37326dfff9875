{# A warehouse's SQL function answers the pending requests in chunks, each staged and then appended to the responses. #}

{#
    Answer the work table by a warehouse's SQL function, chunk by chunk, each staged and then appended. Failures that may
    pass are asked once more in the same run, unless a whole chunk failed so; so is what another run held. Returns the outcome.
#}
{%- macro _complete_in_chunks(work, responses, task, run) -%}
    {%- set stage = dbt_llm._run_relation(task, 'answers') -%}
    {%- set again = dbt_llm._run_relation(task, 'again') -%}
    {%- if not run.is_repair -%}
        {%- do dbt_llm._warn_of_duplicate_requests(task) -%}
    {%- endif -%}
    {%- set session = dbt_llm.before_calls(task=task, prompt_version=run.prompt_version) -%}
    {%- set first = dbt_llm._answer_chunks(work, stage, again, responses, task, run, before=dbt_llm._empty_outcome(left=0)) -%}
    {%- set asked_again = 0 if first.stopped else dbt_llm._prepare_second_pass(again, work) -%}
    {%- set outcome = first if asked_again == 0 else dbt_llm._answer_chunks(
        work, stage, again, responses, task, run, before=dbt_llm._merged(first, {'left': first.left - asked_again, 'claimed': 0}),
        is_second_pass=true
    ) -%}
    {%- do run_query('drop table if exists ' ~ again) -%}
    {%- do dbt_llm.after_calls(task=task, before=session) -%}
    {%- if outcome.claimed > 0 -%}
        {%- set outcome = dbt_llm._merged(outcome, {'holders': dbt_llm._holders_of(task, work)}) -%}
    {%- endif -%}
    {# A function that tells no tokens leaves them unknown, which is not zero. #}
    {%- if outcome.sent > 0 and outcome.input_tokens == 0 -%}
        {{ return(dbt_llm._merged(outcome, {'input_tokens': none, 'output_tokens': none})) }}
    {%- elif 'input_usd_per_million_tokens' in task.endpoint -%}
        {{ return(dbt_llm._merged(outcome, {'cost_usd': (
            outcome.input_tokens * task.endpoint.input_usd_per_million_tokens
            + outcome.output_tokens * task.endpoint.get('output_usd_per_million_tokens', 0)
        ) / 1000000})) }}
    {%- endif -%}
    {{ return(outcome) }}
{%- endmacro -%}

{#
    One pass over the work table. What failed in passing, with attempts left, and what another run holds goes to `again`. Returns
    the outcome: what the pass found, added to what was found before it.
#}
{%- macro _answer_chunks(work, stage, again, responses, task, run, before, is_second_pass=false) -%}
    {%- set sizes = run_query(
        'select count(*), coalesce(sum(' ~ dbt_llm.text_bytes('prompt') ~ '), 0) from ' ~ work
    ).rows[0] -%}
    {%- set requests = sizes[0] | int -%}
    {%- set bytes = (sizes[1] | int) / ([requests, 1] | max) -%}
    {%- set chunk = (task.endpoint.get('chunk_size') or dbt_llm.chunk_size() or requests) | int -%}
    {%- do run_query('drop table if exists ' ~ again) -%}
    {%- do run_query('create table ' ~ again ~ ' as\nselect request_key, prompt, attempt, superseded from ' ~ work ~ ' where 1 = 0') -%}
    {%- set ns = namespace(done=0, reason=none, outcome=before) -%}
    {# A limit cuts chunks short; what the first answers really took then decides what else fits. #}
    {%- for _ in range((requests + chunk - 1) // ([chunk, 1] | max) + 8) -%}
        {%- set wanted = [chunk, requests - ns.done] | min -%}
        {%- set allowed = dbt_llm._requests_within_limits(task, ns.outcome, bytes, wanted) -%}
        {%- set sending = dbt_llm._reserve(task, run.budgets, 0 if ns.outcome.stopped else allowed.requests, allowed.each) -%}
        {%- set ns.reason = sending.reason or allowed.reason -%}
        {%- if sending.requests > 0 -%}
            {%- set chunk_of = {'first': ns.done + 1, 'last': ns.done + sending.requests} -%}
            {%- set claimed = dbt_llm._claimed(task, work, responses, again, chunk_of.first, chunk_of.last) -%}
            {%- if claimed.requests > 0 -%}
                {%- do dbt_llm._stage_answers(claimed.work, stage, task, run.prompt_version, chunk_of.first, chunk_of.last) -%}
                {%- do dbt_llm._append_answers(stage, responses, task) -%}
            {%- endif -%}
            {%- do dbt_llm._release(task, run.budgets) -%}
            {%- set found = dbt_llm._found_in_stage(stage, claimed.work, again, task) if claimed.requests > 0 else [0, 0, 0, 0, 0, 0, none] -%}
            {%- if task.get('claim_minutes') -%}
                {%- do run_query('drop table if exists ' ~ claimed.work) -%}
            {%- endif -%}
            {%- set ns.done = ns.done + sending.requests -%}
            {%- set ns.outcome = dbt_llm._merged(ns.outcome, {
                'sent': ns.outcome.sent + (found[0] | int),
                'calls': ns.outcome.calls + (found[0] | int),
                'succeeded': ns.outcome.succeeded + (found[1] | int),
                'failed': ns.outcome.failed + (found[0] | int) - (found[1] | int) - (found[2] | int),
                'left': ns.outcome.left + (found[2] | int) + claimed.held,
                'claimed': ns.outcome.claimed + claimed.held,
                'throttled': ns.outcome.throttled + (found[3] | int),
                'input_tokens': ns.outcome.input_tokens + (found[4] | int),
                'output_tokens': ns.outcome.output_tokens + (found[5] | int),
            }) -%}
            {%- do log(
                task.name ~ ': ' ~ ns.done ~ ' of ' ~ requests ~ ' requests ' ~ ('seen, ' if ns.outcome.claimed > 0 else 'answered, ') ~ ns.outcome.failed ~ ' failed, '
                ~ (ns.outcome.left - ns.outcome.claimed) ~ ' to be tried again, ' ~ (ns.outcome.claimed ~ ' held by other runs, ' if ns.outcome.claimed > 0 else '') ~ (ns.outcome.input_tokens + ns.outcome.output_tokens) ~ ' tokens',
                info=true
            ) -%}
            {# The second pass asks only what has just failed, which says nothing of the endpoint. #}
            {%- if found[1] | int == 0 and found[0] | int >= 20 and not is_second_pass -%}
                {%- set ns.outcome = dbt_llm._merged(ns.outcome, {'stopped': 'throttled' if found[3] | int == found[0] | int else 'failed', 'message':
                    'dbt_llm.enrich: ' ~ task.name ~ ': not one of ' ~ found[0] ~ ' requests was answered. Expected an answer; got: '
                    ~ dbt_llm._others_words(found[6] or 'no message', task.model_name) ~ ". error_message in dbt_llm__responses has the whole text. Mend the cause; `dbt run-operation dbt_llm.requeue --args '{task: " ~ task.name
                    ~ "}'` sends again what is in quarantine."
                }) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(dbt_llm._merged(ns.outcome, {
        'left': ns.outcome.left + requests - ns.done,
        'stopped': ns.outcome.stopped or (ns.reason if ns.done < requests else none) or ('claimed' if is_second_pass and ns.outcome.claimed > 0 else none),
    })) }}
{%- endmacro -%}

{#
    What the staged answers of a chunk are: how many, how many answered, failed in passing and throttled, their tokens, and an error. What
    failed in passing, with attempts left, goes to `again`. The stage has been appended, and is dropped.
#}
{%- macro _found_in_stage(stage, work, again, task) -%}
    {%- set passing = 'error_class in (' ~ dbt_llm._literal_list(dbt_llm._transient_error_classes()) ~ ') and attempt + 1 - superseded < ' ~ task.max_attempts -%}
    {%- set answers = '(\nselect\n    classified.*,\n    asked.superseded\nfrom (\n' ~ dbt_llm._classified_answers(stage=stage, task=task)
        ~ '\n) as classified\ninner join ' ~ work ~ ' as asked\n    on classified.request_key = asked.request_key\n) as answers' -%}
    {%- set found = run_query(
        'select count(*), sum(case when error_class is null then 1 else 0 end), sum(case when ' ~ passing
        ~ " then 1 else 0 end), sum(case when error_class = 'throttled' then 1 else 0 end),"
        ~ ' coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0), min(error_message) from ' ~ answers
    ).rows[0] -%}
    {%- if found[2] | int > 0 -%}
        {%- do run_query(
            'insert into ' ~ again ~ ' (request_key, prompt, attempt, superseded)\nselect request_key, prompt, attempt + 1, superseded\nfrom '
            ~ answers ~ '\nwhere ' ~ passing
        ) -%}
    {%- endif -%}
    {%- do run_query('drop table if exists ' ~ stage) -%}
    {{ return(found) }}
{%- endmacro -%}

{#
    Append what a run that was killed after its call has staged, unless it is there already: it is paid for. Asked of the database: dbt's
    cache is as old as this run, and another run may have been killed since.
#}
{%- macro _take_over_stage(stage, responses, task) -%}
    {%- if dbt_llm.relation_exists(stage) -%}
        {%- set known = run_query(
            'select count(*) from ' ~ responses ~ ' as known inner join ' ~ stage ~ ' as staged'
            ~ ' on known.request_key = staged.request_key and known.invocation_id = staged.called_by'
            ~ ' and known.attempt = staged.attempt + 1'
        ).rows[0][0] | int -%}
        {%- if known == 0 -%}
            {%- do dbt_llm._append_answers(stage=stage, responses=responses, task=task) -%}
            {%- do log(task.name ~ ': took over the answers that an interrupted run had paid for', info=true) -%}
        {%- endif -%}
        {%- do run_query('drop table if exists ' ~ stage) -%}
    {%- endif -%}
{%- endmacro -%}

{#
    Call the language model for a chunk, and keep its raw answers in a table. What the responses need to know of the
    call is kept with them, so that a later run can append what a killed one has paid for. A table that is there already is
    such a one, which this run has not seen: not to be dropped, so that the statement fails before it calls.
#}
{%- macro _stage_answers(work, stage, task, prompt_version, first, last) -%}
    {%- do run_query(
        'create table ' ~ stage ~ ' as\nselect\n    called.*,\n    '
        ~ dbt_llm.string_literal(task.model_name) ~ ' as called_model,\n    '
        ~ dbt_llm.string_literal(prompt_version) ~ ' as called_version,\n    '
        ~ dbt_llm.string_literal(invocation_id) ~ ' as called_by,\n    '
        ~ dbt_llm.current_utc() ~ ' as called_at\nfrom (\n'
        ~ (dbt_llm.call_model_query(work=work, task=task, first=first, last=last) if task.get('dimensions') is none
            else dbt_llm.embed_query(work=work, task=task, first=first, last=last)) ~ '\n) as called'
    ) -%}
{%- endmacro -%}

{# Append the staged answers to the responses, in one statement: it is there whole, or not at all. #}
{%- macro _append_answers(stage, responses, task) -%}
    {%- if task.get('dimensions') is not none -%}
        {%- do dbt_llm._append_vectors(stage, task) -%}
    {%- endif -%}
    {%- set prices = task.endpoint -%}
    {%- set row = {
        'request_key': 'answers.request_key',
        'task': dbt_llm.string_literal(task.name),
        'model_name': 'staged.called_model',
        'prompt_version': 'staged.called_version',
        'status': "case when answers.error_class is null then 'succeeded' else 'failed' end",
        'completion': 'answers.completion',
        'error_class': 'answers.error_class',
        'error_message': 'substr(answers.error_message, 1, 500)',
        'finish_reason': 'answers.finish_reason',
        'input_tokens': 'answers.input_tokens',
        'output_tokens': 'answers.output_tokens',
        'attempt': 'answers.attempt + 1',
        'engine': dbt_llm.string_literal(dbt_llm._engine_name()),
        'response_model': 'answers.response_model',
        'invocation_id': 'staged.called_by',
        'requested_at': 'staged.called_at',
        'responded_at': dbt_llm.current_utc(),
    } -%}
    {%- if prices.input_usd_per_million_tokens is defined -%}
        {%- do row.update({'cost_usd':
            '(answers.input_tokens * ' ~ prices.input_usd_per_million_tokens ~ ' + answers.output_tokens * '
            ~ prices.get('output_usd_per_million_tokens', 0) ~ ') / 1000000.0',
            'estimated_cost_usd':
            'case when answers.input_tokens is null and answers.error_class is null then ('
            ~ dbt_llm.text_bytes('answers.prompt') ~ ' * ' ~ prices.input_usd_per_million_tokens ~ ' + '
            ~ dbt_llm.text_bytes('answers.completion') ~ ' * ' ~ prices.get('output_usd_per_million_tokens', 0)
            ~ ') / 4000000.0 end',
        }) -%}
    {%- endif -%}
    {%- if task.store_prompts -%}
        {%- do row.update({'prompt': 'answers.prompt'}) -%}
    {%- endif -%}
    {%- do run_query(
        'insert into ' ~ responses ~ '\n    (' ~ (row.keys() | join(', ')) ~ ')\nselect\n    '
        ~ (row.values() | join(',\n    ')) ~ '\nfrom (\n' ~ dbt_llm._classified_answers(stage=stage, task=task)
        ~ '\n) as answers\ninner join ' ~ stage ~ ' as staged\n    on answers.request_key = staged.request_key'
    ) -%}
{%- endmacro -%}

{# Put the requests that failed in passing in the work table's place, numbered anew. Returns how many they are. #}
{%- macro _prepare_second_pass(again, work) -%}
    {%- do run_query('drop table if exists ' ~ work) -%}
    {%- do run_query(dbt_llm.create_work_table(
        work=work, query='with llm_again as (\n    select * from ' ~ again ~ '\n),\n\n' ~ dbt_llm._numbered_requests('llm_again')
    )) -%}
    {%- do run_query('drop table if exists ' ~ again) -%}
    {{ return(run_query('select count(*) from ' ~ work).rows[0][0] | int) }}
{%- endmacro -%}

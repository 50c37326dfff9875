{# Claims: of tasks that run at once on a warehouse, in one dbt command or in several, one asks each request (meta.llm.claim_minutes). #}

{# For how many minutes a claim of this task holds; 0 where none is made, as where the engine itself sees to it. #}
{%- macro _claim_minutes_of(llm) -%}
    {%- set minutes = llm.claim_minutes if 'claim_minutes' in llm else var('dbt_llm_claim_minutes', 0) -%}
    {{ return(0 if dbt_llm.asks_each_request_once() else (minutes or 0)) }}
{%- endmacro -%}

{# What is wrong in meta.llm.claim_minutes, or in the var that stands for it. #}
{%- macro _claim_faults(llm, in_python) -%}
    {%- set of_task = 'claim_minutes' in llm -%}
    {%- set where = 'meta.llm.claim_minutes' if of_task else 'var dbt_llm_claim_minutes' -%}
    {%- set minutes = llm.claim_minutes if of_task else (var('dbt_llm_claim_minutes', 0) or 0) -%}
    {%- if minutes is boolean or minutes is not integer or minutes < 0 -%}
        {{ return([where ~ ': not a time. Expected a whole number of minutes, more than the longest chunk takes, or 0 for no claims; got '
            ~ dbt_llm._got(minutes)]) }}
    {%- elif of_task and in_python and minutes > 0 -%}
        {{ return([where ~ ": a Python model makes no claims. Expected it in a SQL model; got '" ~ minutes ~ "'. Leave it out, and let tasks with the"
            ~ ' same requests run one after the other']) }}
    {%- endif -%}
    {{ return([]) }}
{%- endmacro -%}

{#
    A table that a run makes beside its task's own, as _work_relation names it. Where there are claims, a second run of the same task
    may be at work at the same time: so each has its own, told by its invocation.
#}
{%- macro _run_relation(task, suffix, holder=none) -%}
    {{ return(dbt_llm._work_relation(suffix ~ ('_' ~ (holder or invocation_id)[:8] if task.get('claim_minutes') else ''))) }}
{%- endmacro -%}

{# Those that hold prompts and nothing that was paid for. #}
{%- macro _run_suffixes() -%}
    {{ return(['requests', 'again', 'round', 'won', 'part']) }}
{%- endmacro -%}

{#
    The requests first to last of the work table that this run may ask: {'work': where they stand, under the same numbers,
    'requests', 'held'}. What others hold goes to `again`; what was answered since the work table was written is left out.

    Plain inserts, each followed by a read, as no statement of a warehouse is sure to keep two runs apart (decision 9). Bids only
    settle who of two is first. That nothing is paid twice is the second look's doing: of two that hold one request, the one whose claim was
    committed last sees the other's, and leaves it. Both may see each other: then both give it back, for the second pass to take up.
#}
{%- macro _claimed(task, work, responses, again, first, last) -%}
    {%- set wanted = last - first + 1 -%}
    {%- if not task.get('claim_minutes') -%}
        {{ return({'work': work, 'requests': wanted, 'held': 0}) }}
    {%- endif -%}
    {%- set won = dbt_llm._run_relation(task, 'won') -%}
    {%- set part = dbt_llm._run_relation(task, 'part') -%}
    {%- do dbt_llm._write_claims(task, work ~ '\nwhere n between ' ~ first ~ ' and ' ~ last, is_held='false') -%}
    {%- do run_query('drop table if exists ' ~ won) -%}
    {%- do run_query('create table ' ~ won ~ ' as\n' ~ dbt_llm._won_query(task, invocation_id, work, first, last)) -%}
    {%- do dbt_llm._write_claims(task, won, is_held='true') -%}
    {%- do run_query('drop table if exists ' ~ part) -%}
    {%- do run_query(dbt_llm.create_work_table(work=part, query=dbt_llm._claimed_query(task, invocation_id, won, responses))) -%}
    {%- set counts = run_query('select (select count(*) from ' ~ part ~ ') as asked, (select count(*) from ' ~ won ~ ') as won').rows[0] -%}
    {%- set requests = counts[0] | int -%}
    {%- if requests < counts[1] | int -%}
        {%- do dbt_llm._end_claims(
            task, invocation_id, requests='select won.request_key\nfrom ' ~ won ~ ' as won\nleft join ' ~ part
            ~ ' as part\n    on won.request_key = part.request_key\nwhere part.request_key is null'
        ) -%}
    {%- endif -%}
    {%- do run_query('drop table if exists ' ~ won) -%}
    {%- if requests == wanted -%}
        {{ return({'work': part, 'requests': requests, 'held': 0}) }}
    {%- endif -%}
    {%- set left = dbt_llm._left_to_others_query(work, part, responses, first, last) -%}
    {%- set held = run_query('select count(*) from (\n' ~ left ~ '\n) as left_to_others').rows[0][0] | int -%}
    {%- if held > 0 -%}
        {%- do run_query('insert into ' ~ again ~ ' (request_key, prompt, attempt, superseded)\n' ~ left) -%}
    {%- endif -%}
    {{ return({'work': part, 'requests': requests, 'held': held}) }}
{%- endmacro -%}

{# A row of dbt_llm__claims for each request of these. #}
{%- macro _write_claims(task, requests, is_held) -%}
    {%- do run_query(
        'insert into ' ~ dbt_llm._package_relation('dbt_llm__claims')
        ~ '\n    (request_key, task, invocation_id, is_held, claim_minutes, claimed_at)\nselect\n    request_key,\n    '
        ~ dbt_llm.string_literal(task.name) ~ ',\n    ' ~ dbt_llm.string_literal(invocation_id) ~ ',\n    ' ~ is_held ~ ',\n    '
        ~ task.claim_minutes ~ ',\n    ' ~ dbt_llm.current_utc() ~ '\nfrom ' ~ requests
    ) -%}
{%- endmacro -%}

{# Whether a claim still holds, by the warehouse's clock, as SQL. #}
{%- macro _is_in_force() -%}
    {{ return('60 * ' ~ dbt_llm.hours_since('claimed_at') ~ ' < claim_minutes') }}
{%- endmacro -%}

{# Whether a claim is another run's than this holder's of the task, as SQL: two tasks of one invocation are two. #}
{%- macro _is_others(task, holder) -%}
    {{ return('(invocation_id <> ' ~ dbt_llm.string_literal(holder) ~ ' or task <> ' ~ dbt_llm.string_literal(task.name) ~ ')') }}
{%- endmacro -%}

{# The first look: the requests that nobody holds, and that nobody whose name comes before this holder's has bid for. #}
{%- macro _won_query(task, holder, work, first, last) -%}
    {%- set own = dbt_llm.string_literal(holder) -%}
with

llm_ahead as (
    select distinct request_key
    from {{ dbt_llm._package_relation('dbt_llm__claims') }}
    where {{ dbt_llm._is_others(task, holder) }}
        and {{ dbt_llm._is_in_force() }}
        and (
            is_held
            or invocation_id < {{ own }}
            or (invocation_id = {{ own }} and task < {{ dbt_llm.string_literal(task.name) }})
        )
)

select
    asked.n,
    asked.request_key,
    asked.prompt,
    asked.attempt,
    asked.superseded
from {{ work }} as asked
left join llm_ahead
    on asked.request_key = llm_ahead.request_key
where asked.n between {{ first }} and {{ last }}
    and llm_ahead.request_key is null
{%- endmacro -%}

{# The second look, once this run's claims are there: without what others hold too, and what they have answered before. #}
{%- macro _claimed_query(task, holder, won, responses) -%}
with

llm_held as (
    select distinct request_key
    from {{ dbt_llm._package_relation('dbt_llm__claims') }}
    where {{ dbt_llm._is_others(task, holder) }}
        and {{ dbt_llm._is_in_force() }}
        and is_held
),

llm_known as (
    {{ dbt_llm._known_since(won, responses) }}
)

select
    won.n,
    won.request_key,
    won.prompt,
    won.attempt,
    won.superseded
from {{ won }} as won
left join llm_held
    on won.request_key = llm_held.request_key
left join llm_known
    on won.request_key = llm_known.request_key
where llm_held.request_key is null
    and llm_known.request_key is null
{%- endmacro -%}

{# Of the requests first to last, those that this run does not ask and that nobody has answered: others hold them. #}
{%- macro _left_to_others_query(work, part, responses, first, last) -%}
select
    asked.request_key,
    asked.prompt,
    asked.attempt,
    asked.superseded
from {{ work }} as asked
left join {{ part }} as own
    on asked.request_key = own.request_key
left join (
    {{ dbt_llm._known_since(work, responses) }}
) as known
    on asked.request_key = known.request_key
where asked.n between {{ first }} and {{ last }}
    and own.request_key is null
    and known.request_key is null
{%- endmacro -%}

{# The requests of a work table that have a final response which was not there when it was written: a later attempt, so no clock decides. #}
{%- macro _known_since(work, responses) -%}
select distinct pending.request_key
    from {{ work }} as pending
    inner join {{ responses }} as later
        on pending.request_key = later.request_key
    where coalesce(later.attempt, 1) > pending.attempt
        and (later.status = 'succeeded' or later.error_class not in ({{ dbt_llm._literal_list(dbt_llm._passing_error_classes()) }}))
{%- endmacro -%}

{# Who holds the requests of a work table, in sentences for the end of the run. #}
{%- macro _holders_of(task, work) -%}
    {%- set said = [] -%}
    {%- set minutes = '60 * ' ~ dbt_llm.hours_since('claimed_at') -%}
    {%- for row in run_query(
        'select\n    invocation_id,\n    task,\n    count(distinct claims.request_key) as requests,\n    max(' ~ minutes ~ ') as since,\n    max(claim_minutes - '
        ~ minutes ~ ') as more\nfrom ' ~ dbt_llm._package_relation('dbt_llm__claims') ~ ' as claims\ninner join ' ~ work
        ~ ' as pending\n    on claims.request_key = pending.request_key\nwhere ' ~ dbt_llm._is_others(task, invocation_id) ~ '\n    and ' ~ dbt_llm._is_in_force()
        ~ '\n    and is_held\ngroup by invocation_id, task\norder by requests desc, invocation_id, task'
    ).rows -%}
        {%- do said.append('Invocation ' ~ row[0] ~ ' (' ~ row[1] ~ ') has claimed ' ~ row[2] ~ ' of them, ' ~ row[3] | round | int ~ ' minutes ago, for '
            ~ (row[4] | float + 0.999) | int ~ ' more at most; if it is dead, `dbt run-operation dbt_llm.release_claims --args '
            ~ "'{invocation_id: " ~ row[0] ~ "}'` frees them.") -%}
    {%- endfor -%}
    {{ return(said | join(' ')) }}
{%- endmacro -%}

{# Give back what this run of the task holds, or a dead one has held; or only the requests of a query. #}
{%- macro _end_claims(task, holder, requests=none) -%}
    {%- do run_query(
        'delete from ' ~ dbt_llm._package_relation('dbt_llm__claims') ~ ' where task = ' ~ dbt_llm.string_literal(task.name)
        ~ ' and invocation_id = ' ~ dbt_llm.string_literal(holder) ~ (' and request_key in (\n' ~ requests ~ '\n)' if requests else '')
    ) -%}
{%- endmacro -%}

{#
    Take in what earlier runs of this task have left whose claims hold no more: they were killed, or somebody has said so. The answers of a
    chunk are paid for; the other tables go.
#}
{%- macro _recover_dead_runs(task, responses) -%}
    {%- if task.get('claim_minutes') -%}
        {%- for row in run_query(
            'select invocation_id\nfrom ' ~ dbt_llm._package_relation('dbt_llm__claims') ~ '\nwhere task = ' ~ dbt_llm.string_literal(task.name)
            ~ ' and ' ~ dbt_llm._is_others(task, invocation_id) ~ '\ngroup by invocation_id\nhaving max(case when ' ~ dbt_llm._is_in_force() ~ ' then 1 else 0 end) = 0'
        ).rows -%}
            {%- do dbt_llm._take_over_stage(dbt_llm._run_relation(task, 'answers', holder=row[0]), responses, task) -%}
            {%- for suffix in dbt_llm._run_suffixes() -%}
                {%- do run_query('drop table if exists ' ~ dbt_llm._run_relation(task, suffix, holder=row[0])) -%}
            {%- endfor -%}
            {%- do dbt_llm._end_claims(task, row[0]) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}

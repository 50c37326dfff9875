{# meta.llm.repair: an answer that validation refuses is asked once more, with what is wrong with it, under its own request key. #}

{# What is wrong in meta.llm.repair. #}
{%- macro _repair_faults(llm) -%}
    {%- if llm.repair is boolean or llm.repair is not integer or llm.repair not in [0, 1] -%}
        {{ return(["meta.llm.repair: not a count. Expected 0, or 1 to have a refused answer asked once more; got '" ~ llm.repair ~ "'"]) }}
    {%- elif llm.repair == 1 and llm.get('max_attempts', 3) == 1 -%}
        {{ return(["meta.llm.repair: no attempt is left for it. Expected max_attempts of at least 2; got '1'. Raise it, or leave repair out"]) }}
    {%- endif -%}
    {{ return([]) }}
{%- endmacro -%}

{#
    Of the responses of a request: its last attempt, and whether it has been repaired. Nothing asks again what has a final
    response but a repair; so the second one since the last requeue is a repair's, whichever run or environment made it.
#}
{%- macro _repair_columns() -%}
    {%- set final = "case when attempt > superseded and (status = 'succeeded' or error_class not in ("
        ~ dbt_llm._literal_list(dbt_llm._passing_error_classes()) ~ ')) then attempt end' -%}
max(attempt) over (partition by request_key) as last_attempt,
            coalesce(
                min({{ final }}) over (partition by request_key)
                < max({{ final }}) over (partition by request_key), false
            ) as is_repaired
{%- endmacro -%}

{# The CTE `llm_validated` of a task with `repair`: what was refused is pending as long as its repair may be asked for. #}
{%- macro _with_repairs(task) -%}
llm_validated as (
    select
        {{ dbt_llm.star_except(['_dbt_llm_is_pending']) }},
        case
            when _dbt_llm_is_pending then true
            {%- if task.get('filter') %}
            when _dbt_llm_is_dropped then false
            {%- endif %}
            when _dbt_llm_reason is null or _dbt_llm_is_repaired then false
            when {{ dbt_llm._is_answer() }} then _dbt_llm_last_attempt - _dbt_llm_superseded < {{ task.max_attempts }}
            else false
        end as _dbt_llm_is_pending
    from llm_judged
)
{%- endmacro -%}

{# Whether the response of a row is one that the language model has given: if such a row is pending, a repair is. #}
{%- macro _is_answer() -%}
    {{ return(
        "_dbt_llm_response_status = 'succeeded' or _dbt_llm_error_class in ("
        ~ dbt_llm._literal_list(dbt_llm._mendable_error_classes()) ~ ')'
    ) }}
{%- endmacro -%}

{#
    The rounds in which a run asks the requests of the work table, by its column `in_round`: as they are, then repairs, and last, with
    more tokens for the answer, those whose answer was cut off. Each is the task as it is asked then.
#}
{%- macro _rounds(task) -%}
    {%- set raised = {} -%}
    {%- for name in dbt_llm._max_tokens_names() if task.model_parameters[name] is integer -%}
        {%- do raised.update({name: 2 * task.model_parameters[name]}) -%}
    {%- endfor -%}
    {%- set longer = dbt_llm._merged(task, {'model_parameters': dbt_llm._merged(task.model_parameters, raised)}) -%}
    {{ return([task, task, longer]) }}
{%- endmacro -%}

{#
    The pending requests of a task with `repair`, distinct, each with its round. Not every endpoint tells that an answer was cut
    off: one that is no JSON may have been, and a higher limit costs nothing where it is not reached.
#}
{%- macro _pending_with_repairs(task) -%}
select
        _dbt_llm_request_key as request_key,
        min(case when {{ dbt_llm._is_answer() }} then {{ dbt_llm._repair_prompt(task) }} else _dbt_llm_prompt end) as prompt,
        max(coalesce(_dbt_llm_last_attempt, 0)) as attempt,
        max(coalesce(_dbt_llm_superseded, 0)) as superseded,
        max(case
            when {{ dbt_llm._is_answer() }}
                then case when _dbt_llm_reason in ({{ dbt_llm._literal_list(dbt_llm._mendable_error_classes()) }}) then 2 else 1 end
            else 0
        end) as in_round
    from llm_validated
{%- endmacro -%}

{#
    The prompt of a repair as SQL: the request's own, so that a provider's cache knows its beginning, then what is wrong with the
    earlier answer, and the answer. A long one is cut: what is wrong with it is said, and it is paid for.
#}
{%- macro _repair_prompt(task) -%}
    {%- set most = 4000 -%}
    {%- set answer = dbt_llm.concat_text([
        dbt_llm.string_literal('<earlier_answer>\n'), 'substr(_dbt_llm_completion, 1, ' ~ most ~ ')', dbt_llm.string_literal('\n</earlier_answer>\n'),
    ]) -%}
    {{ return(dbt_llm.concat_text([
        '_dbt_llm_prompt',
        dbt_llm.string_literal('\n\n<complaint>\nThis was answered before, and the answer could not be used: '),
        dbt_llm._complaint(task.response_schema),
        dbt_llm.string_literal('\n</complaint>\n'),
        "case when coalesce(_dbt_llm_completion, '') = '' then '' else " ~ answer ~ ' end',
        dbt_llm.string_literal('Answer again, with this put right, and with nothing but the JSON object.'),
    ])) }}
{%- endmacro -%}

{#
    Answer the work table of a task with `repair` round by round, each within what the limits have left. What the first round has
    brought is validated before the others. Returns the outcome of all of them.
#}
{%- macro _answer_in_rounds(task, steps, work, run) -%}
    {%- set part = dbt_llm._run_relation(task, 'round') -%}
    {%- set ns = namespace(outcome=none, repairs=0) -%}
    {%- for round in dbt_llm._rounds(task) -%}
        {%- if loop.index0 == 1 and ns.outcome and dbt_llm._goes_on(ns.outcome) -%}
            {%- do dbt_llm._write_work(task, steps, work) -%}
        {%- endif -%}
        {%- set found = dbt_llm._write_round(work, part, loop.index0) -%}
        {%- if found.requests > 0 and ns.outcome and not dbt_llm._goes_on(ns.outcome) -%}
            {%- set ns.outcome = dbt_llm._merged(ns.outcome, {'left': ns.outcome.left + found.requests}) -%}
        {%- elif found.requests > 0 -%}
            {%- if not loop.first -%}
                {%- do log(task.name ~ ': ' ~ found.requests ~ ' answers were refused and are asked for once more', info=true) -%}
            {%- endif -%}
            {%- set outcome = dbt_llm._answer_work(
                dbt_llm._merged(round, {'limits': dbt_llm._rest_of_limits(task, ns.outcome, found.bytes_each) if ns.outcome else task.limits}),
                part, found.requests, dbt_llm._merged(run, {'is_repair': not loop.first})
            ) -%}
            {%- set ns.repairs = ns.repairs + (0 if loop.first else outcome.sent) -%}
            {%- set ns.outcome = dbt_llm._sum_of_outcomes(ns.outcome, outcome) if ns.outcome else outcome -%}
            {%- if not loop.first and outcome.stopped in ['fatal', 'failed'] -%}
                {# What the first round has brought is no less of use for it. #}
                {%- set ns.outcome = dbt_llm._merged(ns.outcome, {'is_repair': true}) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(dbt_llm._merged(ns.outcome, {'repairs': ns.repairs})) }}
{%- endmacro -%}

{# Whether a run that has come to this may ask more: a limit that was reached may have room for other requests. #}
{%- macro _goes_on(outcome) -%}
    {{ return(outcome.stopped is none or ':' in outcome.stopped or outcome.stopped in ['min_requests', 'claimed']) }}
{%- endmacro -%}

{# Write the requests of one round into a work table of their own: {'requests', 'bytes_each'}. #}
{%- macro _write_round(work, part, round) -%}
    {%- do run_query('drop table if exists ' ~ part) -%}
    {%- do run_query(dbt_llm.create_work_table(
        work=part, query='with llm_round as (\n    select request_key, prompt, attempt, superseded\n    from ' ~ work ~ '\n    where in_round = '
            ~ round ~ '\n),\n\n' ~ dbt_llm._numbered_requests('llm_round')
    )) -%}
    {%- set found = run_query('select count(*), coalesce(sum(' ~ dbt_llm.text_bytes('prompt') ~ '), 0) from ' ~ part).rows[0] -%}
    {{ return({'requests': found[0] | int, 'bytes_each': (found[1] | int) / ([found[0] | int, 1] | max)}) }}
{%- endmacro -%}

{#
    What earlier rounds have left of the limits. What they took is estimated where an endpoint tells no tokens, and where their
    answers are to come: the tokens of an outcome are those of earlier jobs then.
#}
{%- macro _rest_of_limits(task, outcome, bytes_each) -%}
    {%- set known = outcome.input_tokens is not none and outcome.input_tokens > 0 and dbt_llm._reserves_for_run() != 'next_run' -%}
    {%- set each = dbt_llm._requests_within_limits(
        task, dbt_llm._merged(outcome, {'input_tokens': 0, 'output_tokens': 0}), bytes_each, 0
    ).each -%}
    {%- set rest = {} -%}
    {%- for name, limit in task.limits.items() -%}
        {%- set spent = outcome.sent if name == 'requests' else (outcome[name] if known and outcome[name] is not none else outcome.sent * each[name]) -%}
        {%- do rest.update({name: [limit - spent, 0] | max}) -%}
    {%- endfor -%}
    {{ return(rest) }}
{%- endmacro -%}

{# Two outcomes of one run as one; a count that one of them does not know is not known. #}
{%- macro _sum_of_outcomes(one, other) -%}
    {%- set sum = {'stopped': one.stopped or other.stopped, 'message': one.message or other.message, 'holders': one.holders or other.holders} -%}
    {%- for name in ['sent', 'calls', 'succeeded', 'failed', 'left', 'throttled', 'input_tokens', 'output_tokens', 'cost_usd'] -%}
        {%- do sum.update({name: none if one[name] is none or other[name] is none else one[name] + other[name]}) -%}
    {%- endfor -%}
    {{ return(sum) }}
{%- endmacro -%}

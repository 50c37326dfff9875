{# What a run sets aside of the budgets before it pays, so that two tasks never spend the same rest. #}

{#
    Set aside what up to `wanted` requests take, as far as the budgets have room: {'requests', 'reason'}. It is written
    first and looked at afterwards, with what other tasks have written meanwhile: of two that would together go over, one
    at least sees both, and takes less. So no rest is spent twice; at worst each leaves some of it to the next run.
#}
{%- macro _reserve(task, budgets, wanted, each) -%}
    {%- if not budgets or wanted == 0 -%}
        {{ return({'requests': wanted, 'reason': none}) }}
    {%- endif -%}
    {%- set room = dbt_llm._requests_within_budgets(budgets, dbt_llm._spent(budgets), each, wanted) -%}
    {%- if room.requests == 0 -%}
        {{ return(room) }}
    {%- endif -%}
    {%- do dbt_llm._write_reservation(task, room.requests, each) -%}
    {%- set spent = dbt_llm._spent(budgets) -%}
    {%- set others = {} -%}
    {%- for budget in budgets -%}
        {%- do others.update({budget.name: spent[budget.name] - room.requests * each[budget.unit]}) -%}
    {%- endfor -%}
    {%- set left = dbt_llm._requests_within_budgets(budgets, others, each, room.requests) -%}
    {%- if left.requests < room.requests -%}
        {%- do dbt_llm._write_reservation(task, left.requests - room.requests, each) -%}
        {{ return(left) }}
    {%- endif -%}
    {{ return(room) }}
{%- endmacro -%}

{# How many of `wanted` requests, each of which takes `each`, the budgets have room for: {'requests', 'reason'}. #}
{%- macro _requests_within_budgets(budgets, spent, each, wanted) -%}
    {%- set ns = namespace(requests=wanted, reason=none) -%}
    {%- for budget in budgets -%}
        {%- set rest = budget.cap - spent[budget.name] -%}
        {# Sums of floating point numbers drift; a billionth of a dollar is none. #}
        {%- set fits = [((rest + 0.000000001) / each[budget.unit]) | int, 0] | max if each[budget.unit] > 0
            else (wanted if rest > 0 else 0) -%}
        {%- if fits < ns.requests -%}
            {%- set ns.requests = fits -%}
            {%- set ns.reason = 'budget:' ~ budget.name -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return({'requests': ns.requests, 'reason': ns.reason}) }}
{%- endmacro -%}

{# A row of dbt_llm__reservations: so many requests more, or fewer, are set aside for a task. #}
{%- macro _write_reservation(task, requests, each) -%}
    {%- do run_query(
        'insert into ' ~ dbt_llm._package_relation('dbt_llm__reservations')
        ~ ' (task, invocation_id, requests, cost_usd, reserved_at)\nselect ' ~ dbt_llm.string_literal(task.name) ~ ', '
        ~ dbt_llm.string_literal(invocation_id) ~ ', ' ~ requests ~ ', ' ~ requests * each.cost_usd ~ ', ' ~ dbt_llm.current_utc()
    ) -%}
{%- endmacro -%}

{#
    End what is set aside for a task: after its chunk, whose responses count from then on, and when it begins, for an earlier
    run that was killed. Until then that one's estimate counts, as its calls may be billed. Two that begin at once may both
    end it: `_spent` takes what was ended twice for ended.
#}
{%- macro _release(task, budgets) -%}
    {%- if budgets and not dbt_llm._awaits_answers(task) -%}
        {%- set reservations = dbt_llm._package_relation('dbt_llm__reservations') -%}
        {#- Read first: an insert that reads its own table conflicts with other tasks' on Delta. -#}
        {%- set open = run_query(
            'select invocation_id, sum(requests), sum(cost_usd), max(reserved_at)\nfrom ' ~ reservations
            ~ '\nwhere task = ' ~ dbt_llm.string_literal(task.name)
            ~ '\ngroup by invocation_id, ' ~ dbt_llm.utc_date('reserved_at') ~ '\nhaving sum(requests) > 0'
        ).rows -%}
        {%- set ended = [] -%}
        {%- for row in open -%}
            {%- do ended.append(
                'select ' ~ dbt_llm.string_literal(task.name) ~ ', ' ~ dbt_llm.string_literal(row[0]) ~ ', -(' ~ row[1] ~ '), -(' ~ row[2]
                ~ '), cast(' ~ dbt_llm.string_literal(row[3]) ~ ' as ' ~ dbt.type_timestamp() ~ ')'
            ) -%}
        {%- endfor -%}
        {%- if ended -%}
            {%- do run_query(
                'insert into ' ~ reservations ~ ' (task, invocation_id, requests, cost_usd, reserved_at)\n' ~ (ended | join('\nunion all '))
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro -%}

{#
    Reserve for an engine's whole run, where it needs that: {'limits', 'reason'}. The limits are the task's, or where a budget
    has left less, those that keep the engine to what is reserved; then `reason` names the budget.
#}
{%- macro _reserve_for_run(task, budgets, work, pending_requests) -%}
    {%- if not budgets or not dbt_llm._reserves_for_run() -%}
        {{ return({'limits': task.limits, 'reason': none}) }}
    {%- endif -%}
    {%- set bytes = run_query(
        'select coalesce(sum(' ~ dbt_llm.text_bytes('prompt') ~ '), 0) from ' ~ work
    ).rows[0][0] | int -%}
    {%- set allowed = dbt_llm._requests_within_limits(
        task, dbt_llm._empty_outcome(left=pending_requests), bytes / pending_requests, pending_requests
    ) -%}
    {%- set reserved = dbt_llm._reserve(task, budgets, allowed.requests, allowed.each) -%}
    {{ return({
        'limits': dbt_llm._merged(task.limits, {'requests': reserved.requests}) if reserved.reason else task.limits,
        'reason': reserved.reason,
    }) }}
{%- endmacro -%}

{#
    End what was reserved for a whole run, unless answers are still to come. Returns the outcome, which names the budget where
    the run stopped at what was reserved.
#}
{%- macro _end_of_run(task, budgets, reserved, outcome) -%}
    {%- if budgets and dbt_llm._reserves_for_run() == 'run' -%}
        {%- do dbt_llm._release(task, budgets) -%}
    {%- endif -%}
    {%- if reserved.reason and outcome.stopped == 'limit:requests' -%}
        {{ return(dbt_llm._merged(outcome, {'stopped': reserved.reason, 'message': none})) }}
    {%- endif -%}
    {{ return(outcome) }}
{%- endmacro -%}

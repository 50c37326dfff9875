{# A run of a task, in its pre-hook: check, find what is pending, have it answered, record the run and tell of it. #}

{#
    The pre-hook of a task: answer the requests that its own compiled SQL finds pending. It is the only place where
    a task spends, and it renders to nothing.
#}
{%- macro resolve() -%}
    {%- if dbt_llm._writes_rows() -%}
        {%- do dbt_llm._prepare_package_tables('enrich', dbt_llm._task_name(), dbt_llm._task_tables()) -%}
        {%- do dbt_llm._resolve_model() -%}
    {%- elif dbt_llm._is_built() -%}
        {# A view asks nothing, but what it shows must be the answers. #}
        {%- set read = ['dbt_llm__responses', 'dbt_llm__embeddings', 'dbt_llm__filters'] -%}
        {%- do dbt_llm._prepare_package_tables('enrich', dbt_llm._task_name(), dbt_llm._task_tables() | select('in', read) | list) -%}
        {%- set input = dbt_llm._compiled_steps(compiled_code).input -%}
        {%- do dbt_llm._raise_faults('enrich', dbt_llm._task_name(), dbt_llm._column_faults(
            dbt_llm._task('enrich'), dbt_llm.query_columns(input ~ '\nselect *\nfrom llm_input'), model
        )) -%}
    {%- endif -%}
{%- endmacro -%}

{# What resolve() does once the package's tables are there, in a SQL model's hook and in a Python model's body. #}
{%- macro _resolve_model() -%}
    {%- set task = dbt_llm._task('enrich') -%}
    {%- set steps = dbt_llm._compiled_steps(compiled_code) -%}
    {%- do dbt_llm._check_before_spending(task, steps) -%}
    {%- if task.get('filter') -%}
        {%- do dbt_llm._tell_of_filter(task) -%}
    {%- endif -%}
    {%- do dbt_llm._resolve_task(task, steps) -%}
{%- endmacro -%}

{# Answer the requests that these steps find pending, and record the run. #}
{%- macro _resolve_task(task, steps) -%}
    {%- set mode = dbt_llm._mode() -%}
    {%- set was_inside = dbt_llm.leave_transaction() -%}
    {%- set work = dbt_llm._run_relation(task, 'requests') -%}
    {%- do dbt_llm._recover_answers(responses=dbt_llm._package_relation('dbt_llm__responses'), task=task) -%}
    {%- set started_at = run_query('select ' ~ dbt_llm.current_utc()).rows[0][0] -%}
    {%- set counts = dbt_llm._write_pending_requests(task, steps, work) -%}
    {%- set answered = dbt_llm._answer_pending(task, steps, work, counts, mode) -%}
    {%- do dbt_llm._record_run(task, counts, answered.outcome, answered.estimate, started_at) -%}
    {%- do run_query('drop table if exists ' ~ work) -%}
    {%- if task.get('repair', 0) > 0 -%}
        {# Whatever this run has found: a killed one may have left it. #}
        {%- do run_query('drop table if exists ' ~ dbt_llm._run_relation(task, 'round')) -%}
    {%- endif -%}
    {%- if task.get('claim_minutes') and answered.estimate is not none -%}
        {%- do dbt_llm._end_claims(task, invocation_id) -%}
    {%- endif -%}
    {%- do dbt_llm.enter_transaction(was_inside) -%}
    {%- do dbt_llm._report_outcome(task, answered.outcome) -%}
{%- endmacro -%}

{#
    Have the pending requests answered, unless there are none, or nothing may be called. Returns {'outcome', 'estimate'}; the
    estimate is none where nothing was called.
#}
{%- macro _answer_pending(task, steps, work, counts, mode) -%}
    {%- set pending = counts.pending_requests -%}
    {%- if pending > 0 and mode != 'cache_only' -%}
        {#- An engine that knows of batch jobs has left them out. #}
        {%- set in_batches = {} if task.get('batches') else dbt_llm._requests_in_batches(work, 'request_key') -%}
        {{ return(dbt_llm._answer_beside_batches(task, steps, work, counts, in_batches) if in_batches else dbt_llm._answer(task, steps, work, counts)) }}
    {%- endif -%}
    {%- set nothing = dbt_llm._empty_outcome(left=pending) -%}
    {{ return({'outcome': dbt_llm._merged(nothing, {'stopped': mode}) if pending > 0 else nothing, 'estimate': none}) }}
{%- endmacro -%}

{# Have those answered that are in no open batch job, which are paid for; the others stay pending. #}
{%- macro _answer_beside_batches(task, steps, work, counts, in_batches) -%}
    {%- set waiting = in_batches.values() | sum -%}
    {%- set rest = counts.pending_requests - waiting -%}
    {%- set besides = dbt_llm._merged(task, {'avoided_batches': dbt_llm._batch_tables()}) -%}
    {%- do dbt_llm._write_work(besides, steps, work) -%}
    {%- set answered = dbt_llm._answer(besides, steps, work, dbt_llm._merged(counts, {'pending_requests': rest})) if rest > 0
        else {'outcome': dbt_llm._empty_outcome(left=0), 'estimate': none} -%}
    {%- set outcome = dbt_llm._merged(answered.outcome, {
        'left': answered.outcome.left + waiting,
        'stopped': answered.outcome.stopped or 'batch',
        'holders': (answered.outcome.holders ~ ' ' if answered.outcome.holders else '') ~ dbt_llm._collectors_of(in_batches),
    }) -%}
    {{ return({'outcome': outcome, 'estimate': answered.estimate}) }}
{%- endmacro -%}

{# Have them answered, after what only a run that calls need be asked. #}
{%- macro _answer(task, steps, work, counts) -%}
    {%- set pending = counts.pending_requests -%}
    {%- do dbt_llm._check_result() -%}
    {# Not sooner: where nothing is to be called, nothing need be there that calls. #}
    {%- set faults = dbt_llm._endpoint_faults(task) + dbt_llm._budget_faults(task.name, task.endpoint, task.endpoint_name)
        + dbt_llm._session_text_faults(task, steps) -%}
    {%- if faults -%}
        {%- do run_query('drop table if exists ' ~ work) -%}
        {%- do dbt_llm._raise_faults('enrich', task.name, faults) -%}
    {%- endif -%}
    {%- set idle = dbt_llm._idle_budgets() if graph is defined and var('dbt_llm_budgets', none) else none -%}
    {%- if idle -%}
        {%- do dbt_llm._warn('dbt_llm.enrich: ' ~ task.name ~ ': ' ~ idle ~ '.') -%}
    {%- endif -%}
    {%- set expiry = dbt_llm.table_expiry_fault(relation=dbt_llm._package_relation('dbt_llm__responses')) -%}
    {%- if expiry -%}
        {%- do dbt_llm._warn('dbt_llm.enrich: ' ~ task.name ~ ': ' ~ expiry ~ '.') -%}
    {%- endif -%}
    {%- set estimate = dbt_llm._estimate_of_work(task, work, pending) -%}
    {%- set budgets = dbt_llm._budgets(task.name) -%}
    {%- do dbt_llm._release(task, budgets) -%}
    {%- set run = {'prompt_version': counts.prompt_version, 'budgets': budgets, 'budget_terms': dbt_llm._budget_terms(budgets)} -%}
    {%- set outcome = dbt_llm._answer_in_rounds(task, steps, work, run) if task.get('repair', 0) > 0
        else dbt_llm._answer_work(task, work, pending, run) -%}
    {%- do dbt_llm._warn_of_budgets(task, budgets, outcome) -%}
    {{ return({'outcome': outcome, 'estimate': estimate}) }}
{%- endmacro -%}

{# Have a work table of so many requests answered, within the task's limits and the budgets. Returns the outcome. #}
{%- macro _answer_work(task, work, requests, run) -%}
    {%- set reserved = dbt_llm._reserve_for_run(task, run.budgets, work, requests) -%}
    {%- set outcome = dbt_llm._complete_relation(
        work=work, responses=dbt_llm._package_relation('dbt_llm__responses'), task=task,
        run=dbt_llm._merged(run, {'limits': reserved.limits})
    ) -%}
    {{ return(dbt_llm._end_of_run(task, run.budgets, reserved, outcome)) }}
{%- endmacro -%}

{# A fatal answer is an error; what was left out is a warning with the counts; all else is said once the table is there. #}
{%- macro _report_outcome(task, outcome) -%}
    {%- if outcome.is_repair -%}
        {%- do dbt_llm._warn((outcome.message or 'dbt_llm.enrich: ' ~ task.name ~ ': ' ~ outcome.stopped) ~ ' It was asked for repairs only: '
            ~ outcome.left ~ ' requests stay pending, and the other answers stand.') -%}
    {%- elif outcome.stopped in ['fatal', 'failed'] -%}
        {%- do exceptions.raise_compiler_error(outcome.message) -%}
    {%- elif outcome.left > 0 -%}
        {%- do dbt_llm._warn(
            'dbt_llm.enrich: ' ~ task.name ~ ': ' ~ outcome.left ~ ' requests stay pending ('
            ~ (outcome.stopped or 'to be tried again') ~ '), ' ~ outcome.succeeded ~ ' were answered and '
            ~ outcome.failed ~ ' failed. The next run goes on from here.' ~ (' ' ~ outcome.holders if outcome.holders else '')
        ) -%}
    {%- endif -%}
{%- endmacro -%}

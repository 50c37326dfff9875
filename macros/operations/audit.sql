{# Say all that is known of one row's answer, or of one request. #}

{#
    Who asked, which prompt version and language model, when, what came back, what it cost, attempt by attempt. It reads tables and
    calls no language model.
#}
{%- macro audit(task=none, key=none, request_key=none) -%}
    {%- if execute -%}
        {%- do dbt_llm._check_audit(task, key, request_key) -%}
        {%- set lines = [] -%}
        {%- if key is not none -%}
            {%- set row = dbt_llm._audited_row(dbt_llm._find_task('audit', task), key) -%}
            {%- do lines.append('dbt_llm.audit: ' ~ task ~ ', ' ~ row.said ~ ': ' ~ row.status
                ~ (' (' ~ row.reason ~ ')' if row.reason else '') ~ ', prompt version ' ~ row.prompt_version) -%}
            {%- set request_key = row.request_key -%}
        {%- else -%}
            {%- do lines.append('dbt_llm.audit: request ' ~ request_key) -%}
        {%- endif -%}
        {%- if request_key is none -%}
            {%- do lines.append('  Nothing was asked for it: its prompt is NULL.') -%}
        {%- else -%}
            {%- do lines.extend(dbt_llm._audit_lines(request_key)) -%}
        {%- endif -%}
        {%- for line in lines -%}
            {%- do log(dbt_llm._printable(line), info=true) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}

{# The arguments of audit; an error that names all that is wrong with them. #}
{%- macro _check_audit(task, key, request_key) -%}
    {%- set faults = [] -%}
    {%- if (key is none) == (request_key is none) -%}
        {%- do faults.append('what to look at is not clear. Expected either task and key or a request_key; got '
            ~ ('neither key nor request_key' if key is none else 'both')
            ~ ". Write '{task: pii_risk, key: {message_id: 42}}', or '{request_key: …}'") -%}
    {%- endif -%}
    {%- if key is not none and (key is not mapping or not key) -%}
        {%- do faults.append('key: not a mapping. Expected {column: value} of the task\'s unique_key; got ' ~ dbt_llm._got(key)) -%}
    {%- endif -%}
    {%- if key is not none and task is none -%}
        {%- do faults.append('task: missing. Expected the name of the dbt model that has the row; got nothing') -%}
    {%- endif -%}
    {%- if load_relation(dbt_llm._package_relation('dbt_llm__responses')) is none -%}
        {%- do faults.append("the package's tables are not built. Expected them in this target; got none. Run the task first") -%}
    {%- endif -%}
    {%- do dbt_llm._raise_faults('audit', task or 'request_key', faults) -%}
{%- endmacro -%}

{# The row of a task's table that a key finds: its request and status; an error where it finds none, or rows of several requests. #}
{%- macro _audited_row(node, key) -%}
    {%- set relation = load_relation(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) -%}
    {%- if relation is none -%}
        {%- do dbt_llm._raise_faults('audit', node.name, ['its table is not there. Expected it to have been built; got none. Run the task first']) -%}
    {%- endif -%}
    {%- set columns = dbt_llm._column_names(relation) -%}
    {%- set conditions = [] -%}
    {%- set said = [] -%}
    {%- for name, value in key.items() -%}
        {%- if name | lower not in columns -%}
            {%- do dbt_llm._raise_faults('audit', node.name, [
                'key: not a column of the table. Expected one of ' ~ dbt_llm._quoted_list(columns) ~ "; got '" ~ name ~ "'"
                ~ dbt_llm._did_you_mean(name, columns)
            ]) -%}
        {%- endif -%}
        {%- set literal = (value | lower) if value is boolean else (value if value is number else dbt_llm.string_literal(value | string)) -%}
        {%- do conditions.append(dbt_llm.column_name(name) ~ ' = ' ~ literal) -%}
        {%- do said.append(name ~ ' ' ~ value) -%}
    {%- endfor -%}
    {%- set found = run_query(
        'select distinct llm_request_key, llm_status, llm_reason, llm_prompt_version\nfrom ' ~ relation ~ '\nwhere '
        ~ (conditions | join('\n    and ')) ~ '\nlimit 2'
    ).rows -%}
    {%- if found | length != 1 -%}
        {%- do dbt_llm._raise_faults('audit', node.name, [
            'key: finds ' ~ ('no row' if found | length == 0 else 'rows of several requests') ~ '. Expected one row of ' ~ relation ~ '; got '
            ~ (said | join(', ')) ~ '. Name all columns of its unique_key, with the values as the table has them'
        ]) -%}
    {%- endif -%}
    {{ return({
        'request_key': found[0][0], 'status': found[0][1], 'reason': found[0][2], 'prompt_version': found[0][3], 'said': said | join(', '),
    }) }}
{%- endmacro -%}

{# The attempts of a request for a reader, as lines; those of further response sources too. #}
{%- macro _audit_lines(request_key) -%}
    {%- set own = dbt_llm._package_relation('dbt_llm__responses') -%}
    {%- set runs = dbt_llm._package_relation('dbt_llm__runs') -%}
    {%- set lines = ['  request ' ~ request_key] -%}
    {%- set total = namespace(attempts=0, usd=0, priced=0) -%}
    {%- for responses in [own] + var('dbt_llm_response_sources', []) -%}
        {%- set elsewhere = '' if loop.first else ', from ' ~ responses -%}
        {%- for found in run_query(dbt_llm._audit_query(request_key, responses, runs)).rows -%}
            {%- set names = [
                'attempt', 'status', 'error_class', 'error_message', 'completion', 'finish_reason', 'task', 'prompt_version', 'model_name',
                'response_model', 'engine', 'batch_id', 'requested_at', 'responded_at', 'latency_ms', 'input_tokens', 'output_tokens',
                'cost_usd', 'invocation_id', 'endpoint', 'started_at',
            ] -%}
            {%- set row = {} -%}
            {%- for name in names -%}
                {%- do row.update({name: found[loop.index0]}) -%}
            {%- endfor -%}
            {%- if row.error_class == 'requeued' -%}
                {%- do lines.append('  ' ~ row.responded_at ~ ' UTC: sent round again by a requeue, invocation ' ~ row.invocation_id) -%}
            {%- else -%}
                {%- set total.attempts = total.attempts + 1 -%}
                {%- if row.cost_usd is not none -%}
                    {%- set total.priced = total.priced + 1 -%}
                    {%- set total.usd = total.usd + (row.cost_usd | float) -%}
                {%- endif -%}
                {%- do lines.append('  ' ~ row.responded_at ~ ' UTC: attempt ' ~ row.attempt ~ ', ' ~ row.status
                    ~ elsewhere) -%}
                {%- do lines.extend(dbt_llm._table_lines(dbt_llm._audited_attempt(row), right=[])) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if total.attempts == 0 -%}
        {%- do lines.append('  No attempt is recorded: it waits for its first call, or was forgotten.') -%}
    {%- else -%}
        {%- do lines.append('  In all ' ~ total.attempts ~ (' attempt, ' if total.attempts == 1 else ' attempts, ')
            ~ (dbt_llm._format_usd(total.usd) ~ ' USD' if total.priced else 'at an endpoint without a price')) -%}
    {%- endif -%}
    {{ return(lines) }}
{%- endmacro -%}

{#
    Every attempt of one request, oldest first, with the run that made it; docs/privacy.md shows the same query. The prompt is
    left out, also where it is stored: an operation writes to the log.
#}
{%- macro _audit_query(request_key, responses, runs) -%}
with

first_runs as (
    select
        task,
        invocation_id,
        min(endpoint) as endpoint,
        min(started_at) as started_at
    from {{ runs }}
    group by task, invocation_id
)

select
    responses.attempt,
    responses.status,
    responses.error_class,
    responses.error_message,
    responses.completion,
    responses.finish_reason,
    responses.task,
    responses.prompt_version,
    responses.model_name,
    responses.response_model,
    responses.engine,
    responses.batch_id,
    responses.requested_at,
    responses.responded_at,
    responses.latency_ms,
    responses.input_tokens,
    responses.output_tokens,
    coalesce(responses.cost_usd, responses.estimated_cost_usd) as cost_usd,
    responses.invocation_id,
    first_runs.endpoint,
    first_runs.started_at
from {{ responses }} as responses
left join first_runs
    on responses.task = first_runs.task
    and responses.invocation_id = first_runs.invocation_id
where responses.request_key = {{ dbt_llm.string_literal(request_key) }}
order by responses.responded_at, responses.attempt
{%- endmacro -%}

{# An attempt as pairs of a name and what is known of it; what is not known is left out. #}
{%- macro _audited_attempt(row) -%}
    {%- set pairs = {
        'asked by': 'invocation ' ~ row.invocation_id ~ ' for task ' ~ row.task ~ (', started ' ~ row.started_at ~ ' UTC' if row.started_at else ''),
        'asked': row.model_name ~ ', prompt version ' ~ row.prompt_version,
        'through': row.engine ~ (', endpoint ' ~ row.endpoint if row.endpoint else '') ~ (', batch ' ~ row.batch_id if row.batch_id else ''),
        'served by': row.response_model,
        'sent': (row.requested_at ~ ' UTC') if row.requested_at else none,
        'took': (row.latency_ms ~ ' ms') if row.latency_ms is not none else none,
        'tokens': (row.input_tokens ~ ' in, ' ~ row.output_tokens ~ ' out') if row.input_tokens is not none else none,
        'cost': (dbt_llm._format_usd(row.cost_usd | float) ~ ' USD') if row.cost_usd is not none else none,
        'error': (row.error_class ~ (': ' ~ row.error_message if row.error_message else '')) if row.error_class else none,
        'ended by': row.finish_reason,
        'came back': row.completion,
    } -%}
    {%- set rows = [] -%}
    {%- for name, value in pairs.items() if value -%}
        {%- do rows.append(['  ' ~ name, value]) -%}
    {%- endfor -%}
    {{ return(rows) }}
{%- endmacro -%}

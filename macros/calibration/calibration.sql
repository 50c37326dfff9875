{# Ask an account the open questions of docs/functions.yml, once, and keep what came back. #}

{#
    The post-hook of dbt_llm__calibration: say how much it will send, then send each probe that this endpoint was not asked
    before. A probe that the database refuses is an answer too, and does not end the others.
#}
{%- macro _calibrate() -%}
    {%- if dbt_llm._writes_rows() -%}
        {%- set name = var('dbt_llm_calibrate') -%}
        {%- set task = dbt_llm._inline_task('calibrate', endpoint=name, response_format=none, model_parameters=none) -%}
        {%- do dbt_llm._raise_faults('calibrate', name, dbt_llm.check_endpoint(task)) -%}
        {%- set probes = dbt_llm._probes_to_ask(task) -%}
        {%- set requests = probes | map(attribute='requests') | sum -%}
        {%- if dbt_llm._mode() != 'live' -%}
            {%- do log("dbt_llm.calibrate: nothing is sent, as the mode is '" ~ dbt_llm._mode() ~ "'", info=true) -%}
        {%- elif probes -%}
            {%- do log('dbt_llm.calibrate: ' ~ (probes | length) ~ ' probes, at most ' ~ requests ~ " requests to endpoint '" ~ name ~ "' ("
                ~ task.endpoint.model_name ~ '), which the account pays: ' ~ (probes | map(attribute='name') | join(', ')), info=true) -%}
            {%- do dbt_llm._send_probes(task, probes) -%}
        {%- else -%}
            {%- do log("dbt_llm.calibrate: nothing to send, as endpoint '" ~ name ~ "' (" ~ task.endpoint.model_name
                ~ ') has answered every probe. To ask one again, delete its row from ' ~ this, info=true) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro -%}

{#
    The adapter's probes that this endpoint and language model have no row of. Raises before anything is sent where they are
    more than was promised.
#}
{%- macro _probes_to_ask(task) -%}
    {%- set known = run_query(
        'select probe from ' ~ this ~ ' where adapter = ' ~ dbt_llm.string_literal(dbt_llm.adapter_name()) ~ ' and endpoint = '
        ~ dbt_llm.string_literal(task.endpoint_name) ~ ' and model_name = ' ~ dbt_llm.string_literal(task.endpoint.model_name)
    ).rows -%}
    {%- set answered = [] -%}
    {%- for row in known -%}
        {%- do answered.append(row[0]) -%}
    {%- endfor -%}
    {%- set probes = [] -%}
    {%- for probe in dbt_llm.calibration_probes(task) if probe.name not in answered -%}
        {%- do probes.append(probe) -%}
    {%- endfor -%}
    {%- if probes | map(attribute='requests') | sum > dbt_llm._most_probe_requests() -%}
        {%- do dbt_llm._raise_faults('calibrate', task.endpoint_name, [
            'the probes would send too much. Expected at most ' ~ dbt_llm._most_probe_requests() ~ ' requests; got '
            ~ (probes | map(attribute='requests') | sum)
        ]) -%}
    {%- endif -%}
    {{ return(probes) }}
{%- endmacro -%}

{# What docs/calibration.md promises. #}
{%- macro _most_probe_requests() -%}
    {{ return(30) }}
{%- endmacro -%}

{# Each probe is a statement, and committed, by itself: what was paid for stays, whatever comes after. #}
{%- macro _send_probes(task, probes) -%}
    {%- set version_query = dbt_llm.version_query() -%}
    {%- set version = run_query(version_query).rows[0][0] if version_query else none -%}
    {%- set was_inside = dbt_llm.leave_transaction() -%}
    {%- set session = dbt_llm.before_calls(task=task, prompt_version=none) -%}
    {%- for probe in probes -%}
        {%- do run_query(dbt_llm._probe_statement(this, task, probe, version)) -%}
    {%- endfor -%}
    {%- do dbt_llm.after_calls(task=task, before=session) -%}
    {%- set found = run_query(
        'select count(*), count(error) from ' ~ this ~ ' where invocation_id = ' ~ dbt_llm.string_literal(invocation_id)
    ).rows[0] -%}
    {%- do dbt_llm.enter_transaction(was_inside) -%}
    {%- do log('dbt_llm.calibrate: ' ~ found[0] ~ ' probes asked, of which the database refused ' ~ found[1]
        ~ '. For a bug report: dbt-llm calibration', info=true) -%}
{%- endmacro -%}

{# The statement that sends a probe and appends what came back, or else the words of the error. #}
{%- macro _probe_statement(relation, task, probe, version) -%}
    {%- set answered = dbt_llm._probe_row(relation, task, probe, version, result='result', error=dbt_llm._no_text()) -%}
    {%- set refused = dbt_llm._probe_row(relation, task, probe, version, result=dbt_llm._no_text(), error=dbt_llm.caught_words()) -%}
    {%- if probe.statement is defined -%}
        {%- set done = dbt_llm._probe_row(relation, task, probe, version, result=dbt_llm.string_literal('done'), error=dbt_llm._no_text()) -%}
        {{ return(dbt_llm.caught_statement(statements=[probe.statement, probe.undo, done], on_error=refused)) }}
    {%- endif -%}
    {{ return(dbt_llm.caught_statement(
        statements=[answered ~ '\nfrom (\n' ~ probe.query ~ '\n) as asked'], on_error=refused
    )) }}
{%- endmacro -%}

{%- macro _probe_row(relation, task, probe, version, result, error) -%}
    {%- set values = {
        'probe': dbt_llm.string_literal(probe.name),
        'question': dbt_llm.string_literal(probe.question),
        'function_name': dbt_llm.string_literal(probe.function),
        'requests': probe.requests,
        'adapter': dbt_llm.string_literal(dbt_llm.adapter_name()),
        'endpoint': dbt_llm.string_literal(task.endpoint_name),
        'model_name': dbt_llm.string_literal(task.endpoint.model_name),
        'statement': dbt_llm.string_literal(probe.query if probe.query is defined else probe.statement),
        'result': result,
        'error': error,
        'dbt_version': dbt_llm.string_literal(dbt_version),
        'database_version': dbt_llm.string_literal(version | string) if version else dbt_llm._no_text(),
        'invocation_id': dbt_llm.string_literal(invocation_id),
        'ran_at': dbt_llm.current_utc(),
    } -%}
    {{ return('insert into ' ~ relation ~ '\n    (' ~ (values.keys() | join(', ')) ~ ')\nselect\n    ' ~ (values.values() | join(',\n    '))) }}
{%- endmacro -%}

{# Say, check by check, what stands between this target and a task's first answer, with the remedy. #}

{#
    It calls no language model: an endpoint is asked by a statement without rows. What a check finds wrong is an error at the end,
    for CI.
#}
{%- macro doctor() -%}
    {%- if execute -%}
        {%- set faults = [] -%}
        {%- set version_query = dbt_llm.version_query() -%}
        {%- do dbt_llm._log_check('dbt ' ~ dbt_version ~ ', ' ~ dbt_llm.adapter_name()
            ~ (' ' ~ run_query(version_query).rows[0][0] if version_query else '')) -%}
        {%- do dbt_llm._log_check("mode '" ~ dbt_llm._mode() ~ "'"
            ~ (': nothing is called until DBT_LLM_MODE or the var dbt_llm_mode is live' if dbt_llm._mode() != 'live' else '')) -%}
        {%- set built = dbt_llm._examine_tables(faults) -%}
        {%- set idle = dbt_llm._idle_budgets() -%}
        {%- if idle -%}
            {%- do dbt_llm._log_check(idle) -%}
        {%- endif -%}
        {%- set declared = var('dbt_llm_endpoints', {}) -%}
        {%- set names = dbt_llm._endpoints_of_target(declared) -%}
        {%- if not names -%}
            {%- do faults.append(dbt_llm._no_endpoint_fault(declared)) -%}
        {%- endif -%}
        {%- for name in names -%}
            {%- do faults.extend(dbt_llm._examine_endpoint(name, dbt_llm._package_relation('dbt_llm__responses') if built else none)) -%}
        {%- endfor -%}
        {%- do dbt_llm._raise_faults('doctor', dbt_llm.adapter_name(), faults) -%}
        {%- do dbt_llm._log_check('nothing is in the way') -%}
    {%- endif -%}
{%- endmacro -%}

{#
    Doctor's checks of the package's tables, which adds what it finds to the faults: whether they are there, what the project has
    made of them, and whether they may be written to. Returns whether there are responses to look at.
#}
{%- macro _examine_tables(faults) -%}
    {%- set there = [] -%}
    {%- set missing = [] -%}
    {%- set passing = [] -%}
    {%- for node in graph.nodes.values() if node.package_name == 'dbt_llm' and node.resource_type == 'model' -%}
        {%- set relation = dbt_llm._package_relation(node.name) -%}
        {%- set expiry = dbt_llm.table_expiry_fault(relation=relation) if node.name in dbt_llm._package_table_columns() else none -%}
        {%- if expiry -%}
            {%- do passing.append(expiry) -%}
        {%- endif -%}
        {%- if not dbt_llm.relation_exists(relation) -%}
            {%- do missing.append(relation | string) -%}
        {%- elif node.name in dbt_llm._package_table_columns() -%}
            {%- do there.append(node.name) -%}
            {%- for fault in dbt_llm._package_table_faults(node) -%}
                {%- do faults.append(node.name ~ ': ' ~ fault) -%}
            {%- endfor -%}
            {%- set lacking = dbt_llm._missing_columns(node.name, dbt_llm._column_names(relation)) -%}
            {%- if lacking -%}
                {%- do faults.append(relation ~ ' is of an older version. Expected the columns ' ~ dbt_llm._quoted_list(lacking | map('first') | list)
                    ~ '; got none of that name. Run `dbt run --select package:dbt_llm`') -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do faults.extend(passing | unique) -%}
    {%- if missing and not (passing and not there) -%}
        {%- set others = missing | length - 2 -%}
        {%- do faults.append(
            ((missing | sort)[:2] | join(', ')) ~ (' and ' ~ others ~ ' others' if others > 0 else '') ~ (' is' if missing | length == 1 else ' are')
            ~ ' not there. Expected the package\'s tables and views; got none of that name. Run `dbt run --select package:dbt_llm`'
        ) -%}
    {%- endif -%}
    {%- if there -%}
        {%- do dbt_llm._log_check('writing no rows to ' ~ (there | join(', ')) ~ '. Where an error follows: grant this target\'s user insert and delete on them') -%}
        {%- do dbt_llm.leave_transaction() -%}
        {%- for name in there -%}
            {%- set relation = dbt_llm._package_relation(name) -%}
            {%- do run_query('insert into ' ~ relation ~ '\nselect * from ' ~ relation ~ ' where 1 = 0') -%}
            {%- do run_query('delete from ' ~ relation ~ ' where 1 = 0') -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return('dbt_llm__responses' in there) }}
{%- endmacro -%}

{#
    Doctor's checks of one endpoint. Returns the faults. What a warehouse refuses ends the command with the warehouse's own
    words, so the remedy is said before.
#}
{%- macro _examine_endpoint(name, responses) -%}
    {%- set found = dbt_llm._endpoint(name) -%}
    {%- if found.faults -%}
        {{ return(found.faults) }}
    {%- endif -%}
    {%- set dimensions = dbt_llm._dimensions_asked_of(name) -%}
    {%- set task = dbt_llm._inline_task(
        'doctor', endpoint=name, response_format={'answer': {'type': 'string'}}, model_parameters={'max_tokens': 10}
    ) if dimensions is none else dbt_llm._merged(
        dbt_llm._inline_task('doctor', endpoint=name, response_format=none, model_parameters={}), {'dimensions': dimensions}
    ) -%}
    {%- set faults = [] -%}
    {%- for fault in dbt_llm.check_endpoint(task) -%}
        {%- do faults.append('endpoint ' ~ name ~ ': ' ~ fault) -%}
    {%- endfor -%}
    {%- if not faults -%}
        {%- for fault in dbt_llm.reach_faults(task) -%}
            {%- do faults.append('endpoint ' ~ name ~ ': ' ~ fault) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set probe = dbt_llm.probe_query(task) -%}
    {%- if probe -%}
        {%- do dbt_llm._log_check('endpoint ' ~ name ~ ': asking ' ~ task.endpoint.model_name ~ ' about no rows, which costs nothing. Where an error follows: '
            ~ dbt_llm.refusal_remedy(task.endpoint)) -%}
        {%- set session = dbt_llm.before_calls(task=task, prompt_version=none) -%}
        {%- do run_query(probe) -%}
        {%- do dbt_llm.after_calls(task=task, before=session) -%}
    {%- endif -%}
    {%- if not faults -%}
        {%- do dbt_llm._log_check('endpoint ' ~ name ~ ': ' ~ ('accepted' if probe else 'the embedded engine is there, and '
            ~ (task.endpoint.get('base_url') or task.endpoint.get('provider')) ~ ' can be reached')) -%}
    {%- endif -%}
    {%- if responses is not none -%}
        {%- set served = [] -%}
        {%- for row in run_query('select distinct response_model from ' ~ responses ~ ' where response_model is not null and model_name = '
            ~ dbt_llm.string_literal(task.endpoint.model_name)).rows -%}
            {%- do served.append(row[0]) -%}
        {%- endfor -%}
        {%- if served | length > 1 -%}
            {%- do dbt_llm._log_check('endpoint ' ~ name ~ ': answers kept under ' ~ task.endpoint.model_name ~ ' came from '
                ~ dbt_llm._quoted_list(served) ~ '. Where that is not meant, name the exact version in model_name') -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}

{# The length of the vectors that an endpoint is asked for, by the first task that asks it for any; none where no task does. #}
{%- macro _dimensions_asked_of(endpoint) -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
        {%- set llm = (node.config.meta or {}).get('llm') -%}
        {%- if llm is mapping and llm.endpoint == endpoint and llm.kind == 'embedding' -%}
            {{ return(llm.dimensions) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(none) }}
{%- endmacro -%}

{# A line of what doctor finds. #}
{%- macro _log_check(text) -%}
    {%- do log(dbt_llm._printable('dbt_llm.doctor: ' ~ text), info=true) -%}
{%- endmacro -%}

{# Free what a dead run has claimed, or say who has claimed what; as an on-run-end hook, free what this command still holds. #}

{# It calls no language model: the next run of a task asks what is free. Of no use while the run named still works: it would be paid twice. #}
{%- macro release_claims(invocation_id=none) -%}
    {%- set claims = dbt_llm._package_relation('dbt_llm__claims') if execute else none -%}
    {%- set is_operation = execute and flags.WHICH == 'run-operation' -%}
    {%- if is_operation and invocation_id is not none and (invocation_id is not string or invocation_id == '') -%}
        {%- do exceptions.raise_compiler_error('dbt_llm.release_claims: invocation_id is not a text. Expected the invocation of a dead run; got '
            ~ dbt_llm._got(invocation_id) ~ '. Leave it out to see who has claimed what.') -%}
    {%- elif (is_operation or (execute and dbt_llm._is_built())) and dbt_llm.relation_exists(claims) -%}
        {%- set holder = invocation_id or dbt_llm._this_invocation() -%}
        {%- set found = dbt_llm._claims_by_task(claims, none if is_operation and invocation_id is none else holder) -%}
        {%- if is_operation and invocation_id is none -%}
            {%- do dbt_llm._log_claims(found) -%}
        {%- else -%}
            {%- do dbt_llm._free_claims(claims, holder, found) -%}
        {%- endif -%}
    {%- elif is_operation -%}
        {%- do log('dbt_llm.release_claims: nothing is claimed.', info=true) -%}
    {%- endif -%}
{%- endmacro -%}

{# The argument of release_claims hides dbt's name of the invocation that runs. #}
{%- macro _this_invocation() -%}
    {{ return(invocation_id) }}
{%- endmacro -%}

{# Rows of invocation, task, requests, minutes since the latest claim and minutes that it still holds; of one invocation, or of all. #}
{%- macro _claims_by_task(claims, holder) -%}
    {%- set minutes = '60 * ' ~ dbt_llm.hours_since('claimed_at') -%}
    {{ return(run_query(
        'select\n    invocation_id,\n    task,\n    count(distinct case when is_held then request_key end) as requests,\n    min(' ~ minutes
        ~ ') as since,\n    max(claim_minutes - ' ~ minutes ~ ') as more\nfrom ' ~ claims
        ~ ('\nwhere invocation_id = ' ~ dbt_llm.string_literal(holder) if holder else '') ~ '\ngroup by invocation_id, task\norder by since, invocation_id, task'
    ).rows) }}
{%- endmacro -%}

{# What is claimed, for a reader. #}
{%- macro _log_claims(found) -%}
    {%- set rows = [['invocation', 'task', 'requests', 'minutes ago', 'minutes left']] -%}
    {%- for row in found -%}
        {%- do rows.append([row[0], row[1], dbt_llm._format_number(row[2] | int), row[3] | round | int, [(row[4] | float + 0.999) | int, 0] | max]) -%}
    {%- endfor -%}
    {%- do log('dbt_llm.release_claims: ' ~ ('these requests are claimed' if found else 'nothing is claimed.'), info=true) -%}
    {%- for line in (dbt_llm._table_lines(rows, right=[2, 3, 4]) if found else []) -%}
        {%- do log(line, info=true) -%}
    {%- endfor -%}
    {%- if found -%}
        {%- do log("  `--args '{invocation_id: …}'` frees those of a run that is dead. What has no minutes left is free.", info=true) -%}
    {%- endif -%}
{%- endmacro -%}

{#
    Free the claims of an invocation. A row stays for each task, by which its next run finds the answers that this one may have left.
    Inserts and deletes only, for which the target's user has the rights.
#}
{%- macro _free_claims(claims, holder, found) -%}
    {%- set freed = [] -%}
    {%- for row in found if row[2] | int > 0 or row[4] > 0 -%}
        {%- do freed.append(row[1] ~ ': ' ~ row[2] ~ ' requests') -%}
        {# The look-ups before may have opened a transaction, which nobody would commit. #}
        {%- do dbt_llm.leave_transaction() -%}
        {%- do run_query(
            'insert into ' ~ claims ~ '\n    (request_key, task, invocation_id, is_held, claim_minutes, claimed_at)\nselect\n    cast(null as '
            ~ dbt.type_string() ~ '),\n    ' ~ dbt_llm.string_literal(row[1]) ~ ',\n    ' ~ dbt_llm.string_literal(holder) ~ ',\n    false,\n    0,\n    '
            ~ dbt_llm.current_utc()
        ) -%}
    {%- endfor -%}
    {%- if freed -%}
        {%- do run_query('delete from ' ~ claims ~ ' where invocation_id = ' ~ dbt_llm.string_literal(holder) ~ ' and request_key is not null') -%}
    {%- endif -%}
    {%- if freed or flags.WHICH == 'run-operation' -%}
        {%- do log('dbt_llm.release_claims: invocation ' ~ holder ~ (' held ' ~ (freed | join(', ')) ~ '. The next runs ask what is not answered.'
            if freed else ' has claimed nothing.'), info=true) -%}
    {%- endif -%}
{%- endmacro -%}

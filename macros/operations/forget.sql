{# Delete answers from the package's tables, by request key, task or age; or count them, unless told otherwise. #}

{# It calls no language model. The next run pays again for what its input still holds. #}
{%- macro forget(task=none, older_than_days=none, request_key=none, dry_run=true) -%}
    {%- if execute -%}
        {%- do dbt_llm._check_forget(task, older_than_days, request_key, dry_run) -%}
        {# What lies outside the tables would come back with the next run. #}
        {%- if load_relation(dbt_llm._package_relation('dbt_llm__responses')) is not none -%}
            {%- do dbt_llm.recover_answers(responses=dbt_llm._package_relation('dbt_llm__responses')) -%}
        {%- endif -%}
        {%- set found = {} -%}
        {%- set disabled = [] -%}
        {%- for name, condition in dbt_llm._forgotten_rows(task, older_than_days, request_key).items() -%}
            {%- set relation = dbt_llm._package_relation(name) if 'model.dbt_llm.' ~ name in graph.nodes else none -%}
            {%- if relation is none -%}
                {%- do disabled.append(name) -%}
            {%- elif load_relation(relation) is not none -%}
                {%- do found.update({name: {
                    'rows': run_query('select count(*) from ' ~ relation ~ ' where ' ~ condition).rows[0][0] | int,
                    'delete': 'delete from ' ~ relation ~ ' where ' ~ condition,
                }}) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- set left = dbt_llm._left_tables(task) -%}
        {%- if not dry_run -%}
            {# The look-ups above may have opened a transaction, which nobody would commit. #}
            {%- do dbt_llm.leave_transaction() -%}
            {%- for table in found.values() if table.rows > 0 -%}
                {%- do run_query(table.delete) -%}
            {%- endfor -%}
            {%- for relation in left -%}
                {%- do run_query('drop table if exists ' ~ relation) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- do dbt_llm._log_forgotten(found, task, older_than_days, request_key, dry_run) -%}
        {%- if disabled -%}
            {%- do log('  Not looked at, as your project has disabled them: ' ~ (disabled | join(', ')) ~ '. Rows that an earlier run left there stay: drop those tables', info=true) -%}
        {%- endif -%}
        {%- if left -%}
            {%- do log('  Tables that a run which was killed has left, with prompts or rows of a task, ' ~ ('would be dropped' if dry_run else 'are dropped')
                ~ ': ' ~ (left | join(', ')), info=true) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro -%}

{# The arguments of forget; an error that names all that is wrong with them. #}
{%- macro _check_forget(task, older_than_days, request_key, dry_run) -%}
    {%- set faults = [] -%}
    {%- if task is none and older_than_days is none and request_key is none -%}
        {%- do faults.append('nothing says what to forget. Expected one or more of task, older_than_days, request_key; got none. '
            ~ "Name them in --args, as in '{request_key: …}'") -%}
    {%- endif -%}
    {%- if older_than_days is not none -%}
        {%- do faults.extend(dbt_llm._number_faults({'older_than_days': {'value': older_than_days, 'least': 0}})) -%}
    {%- endif -%}
    {%- for name, value in {'task': task, 'request_key': request_key}.items() if value is not none -%}
        {%- if value is not string or value == '' -%}
            {%- do faults.append(name ~ ': not a text. Expected one; got ' ~ dbt_llm._got(value) ~ '. Write it in quotes') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if dry_run is not boolean -%}
        {%- do faults.append('dry_run: not true or false. Expected one of them, without quotes; got ' ~ dbt_llm._got(dry_run)) -%}
    {%- endif -%}
    {%- do dbt_llm._raise_faults('forget', task or request_key or 'older_than_days', faults) -%}
{%- endmacro -%}

{#
    The package's tables that hold answers or texts, each with the condition of the rows to forget. The requests of an open
    batch job stay: without them its answers, which are paid for, could not be collected.
#}
{%- macro _forgotten_rows(task, older_than_days, request_key) -%}
    {%- set times = {
        'dbt_llm__responses': 'responded_at',
        'dbt_llm__quarantine': 'responded_at',
        'dbt_llm__review_sample': 'coalesce(responded_at, sampled_at)',
        'dbt_llm__evaluation_rows': 'evaluated_at',
        'dbt_llm__filter_audit': 'audited_at',
        'dbt_llm__batch_requests': 'recorded_at',
    } -%}
    {%- set batches = dbt_llm._package_relation('dbt_llm__batches') -%}
    {%- set tables = {} -%}
    {%- for name, time in times.items() -%}
        {%- set conditions = [] -%}
        {%- if request_key is not none -%}
            {%- do conditions.append('request_key = ' ~ dbt_llm.string_literal(request_key)) -%}
        {%- endif -%}
        {%- if task is not none and name == 'dbt_llm__batch_requests' -%}
            {%- do conditions.append('batch_key in (\n        select batch_key\n        from ' ~ batches ~ '\n        where task = '
                ~ dbt_llm.string_literal(task) ~ '\n    )') -%}
        {%- elif task is not none -%}
            {%- do conditions.append('task = ' ~ dbt_llm.string_literal(task)) -%}
        {%- endif -%}
        {%- if older_than_days is not none -%}
            {%- do conditions.append(dbt_llm.hours_since(time) ~ ' > ' ~ (24 * older_than_days)) -%}
        {%- endif -%}
        {%- if name == 'dbt_llm__batch_requests' -%}
            {%- do conditions.append('batch_key not in (' ~ dbt_llm._open_batch_keys(batches) ~ ')') -%}
        {%- endif -%}
        {%- do tables.update({name: conditions | join('\n    and ')}) -%}
    {%- endfor -%}
    {# First, while the responses still tell which vectors go with them. #}
    {{ return(dbt_llm._merged({
        'dbt_llm__embeddings': 'request_key in (\n        select request_key\n        from ' ~ dbt_llm._package_relation('dbt_llm__responses')
            ~ '\n        where ' ~ tables['dbt_llm__responses'] ~ '\n    )'
            ~ ('' if older_than_days is none else '\n    and ' ~ dbt_llm.hours_since('embedded_at') ~ ' > ' ~ (24 * older_than_days)),
    }, tables)) }}
{%- endmacro -%}

{# A query of the batch jobs whose answers are still to come: those whose latest event says so. #}
{%- macro _open_batch_keys(batches) %}
        select latest.batch_key
        from {{ batches }} as latest
        inner join (
            select
                batch_key,
                max(sequence) as sequence
            from {{ batches }}
            group by batch_key
        ) as events
            on latest.batch_key = events.batch_key
            and latest.sequence = events.sequence
        where coalesce(latest.is_open, true)
    {% endmacro -%}

{#
    What a run that was killed may have left beside a task's table: dbt's tables on the way to it, and this package's. Not the
    answers of a chunk, which are paid for: the next run takes them in. While a task runs, forget is not for it.
#}
{%- macro _left_tables(task) -%}
    {%- set left = [] -%}
    {%- set claims = dbt_llm._package_relation('dbt_llm__claims') -%}
    {%- set claimed = {} -%}
    {%- for row in (dbt_llm._claims_by_task(claims, none) if load_relation(claims) is not none else []) -%}
        {%- do claimed.update({row[1]: claimed.get(row[1], []) + [row[0]]}) -%}
    {%- endfor -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and (node.config.meta or {}).get('llm')
        and (task is none or dbt_llm._task_name_of(node) == task) -%}
        {%- for suffix in ['__dbt_tmp', '__dbt_backup', '__dbt_llm_requests', '__dbt_llm_again', '__dbt_llm_round', '__dbt_llm_order', '__dbt_llm_drawn',
            '__dbt_llm_audited', '__dbt_llm_results'] + dbt_llm._tables_of_holders(claimed.get(dbt_llm._task_name_of(node), [])) -%}
            {%- set relation = load_relation(api.Relation.create(
                database=node.database, schema=node.schema, identifier=node.alias ~ suffix, type='table'
            )) -%}
            {%- if relation is not none and relation.type == 'table' -%}
                {%- do left.append(relation) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(left) }}
{%- endmacro -%}

{# A sentence on a task of which no model is: its rows may be there all the same. #}
{%- macro _unknown_task_words(task) -%}
    {%- set tasks = dbt_llm._task_nodes() -%}
    {{ return('' if task in tasks else " No model is the task '" ~ task ~ "' either" ~ dbt_llm._did_you_mean(task, tasks) ~ '.') }}
{%- endmacro -%}

{# What the claims' holders name after themselves (_run_relation). #}
{%- macro _tables_of_holders(holders) -%}
    {%- set suffixes = [] -%}
    {%- for holder in holders -%}
        {%- for suffix in dbt_llm._run_suffixes() -%}
            {%- do suffixes.append('__dbt_llm_' ~ suffix ~ '_' ~ holder[:8]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(suffixes) }}
{%- endmacro -%}

{# What forget has found, and whether it is gone. #}
{%- macro _log_forgotten(found, task, older_than_days, request_key, dry_run) -%}
    {%- set said = [] -%}
    {%- for name, value in {'task': task, 'request_key': request_key, 'older_than_days': older_than_days}.items() if value is not none -%}
        {%- do said.append(name ~ ' ' ~ value) -%}
    {%- endfor -%}
    {%- set rows = [] -%}
    {%- for name, table in found.items() -%}
        {%- do rows.append([name, dbt_llm._format_number(table.rows)]) -%}
    {%- endfor -%}
    {%- set total = found.values() | map(attribute='rows') | sum -%}
    {%- do log('dbt_llm.forget: ' ~ (said | join(', ')) ~ (': these rows would be deleted' if dry_run else ': these rows are deleted'), info=true) -%}
    {%- for line in (dbt_llm._table_lines(rows, right=[1]) if rows else []) -%}
        {%- do log(line, info=true) -%}
    {%- endfor -%}
    {%- if total == 0 -%}
        {%- do log('  Nothing matches.' ~ (dbt_llm._unknown_task_words(task) if task is not none else ''), info=true) -%}
    {%- elif dry_run -%}
        {%- do log("  Nothing is deleted yet. With dry_run: false they go; the next run pays again for what its input still holds.", info=true) -%}
    {%- else -%}
        {%- do log("  The task's own tables, verdicts, and what the warehouse and the provider keep are not touched: docs/privacy.md.", info=true) -%}
    {%- endif -%}
{%- endmacro -%}

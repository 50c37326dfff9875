{# The package's own tables: what each is made of, and what the project around them must not do to them. #}

{#
    The query of a package table: no rows, as the hooks of the tasks fill it; or those of a view that stands in its place, which
    `dbt clone` makes where tables cannot be cloned. What a project says to all models goes before what this package says of
    its own, so it is looked at before the table's first statement.
#}
{%- macro _package_table() -%}
    {%- if not execute -%}
        {{ return('') }}
    {%- endif -%}
    {%- do dbt_llm._raise_faults('package_tables', model.name, dbt_llm._package_table_faults(model)) -%}
    {#- Also under --empty, which would put an empty table into the view's place. #}
    {%- set standing = load_relation(this) if flags.WHICH in ['run', 'build', 'retry'] else none -%}
    {%- if standing is not none and standing.is_view and dbt_llm.table_may_read_its_view() -%}
        {{ return('select * from ' ~ standing) }}
    {%- elif standing is not none and standing.is_view -%}
        {%- do dbt_llm._raise_faults('package_tables', model.name, [
            'a view stands in its place, which dbt would drop with all that it shows. Expected a table, or nothing; got ' ~ standing
            ~ '. Drop it, and name what it reads in the var dbt_llm_response_sources, so that no answer is paid for again'
        ]) -%}
    {%- endif -%}
    {{ dbt_llm._empty_table(dbt_llm._package_columns(model.name)) }}
{%- endmacro -%}

{#
    A relation that a package view reads: whole, also where it is built under --empty, which would leave it empty for good.
    Says before what a project must not make of a view.
#}
{%- macro _read_by_view(relation) -%}
    {%- if not execute or model.resource_type == 'unit_test' -%}
        {{ return(relation) }}
    {%- endif -%}
    {%- if config.get('materialized') not in ['view', 'table'] -%}
        {%- do dbt_llm._raise_faults('package_tables', model.name, [
            "config.materialized: would add its rows to those of the last run. Expected 'view'; got '" ~ config.get('materialized') ~ "'",
            dbt_llm._settings_to_add(),
        ]) -%}
    {%- endif -%}
    {{ return(api.Relation.create(database=relation.database, schema=relation.schema, identifier=relation.identifier)) }}
{%- endmacro -%}

{# What would empty, shorten or stop a package table, in sentences. #}
{%- macro _package_table_faults(node) -%}
    {%- set settings = node.config -%}
    {%- set faults = [] -%}
    {%- if settings.materialized != 'dbt_llm_table' -%}
        {%- do faults.append('config.materialized: would ' ~ {'table': 'drop all answers in every run', 'incremental': 'drop all answers under --full-refresh'}.get(
            settings.materialized, 'keep no answer') ~ ". Expected 'dbt_llm_table'; got '" ~ settings.materialized ~ "'") -%}
    {%- endif -%}
    {%- if settings.hours_to_expiration -%}
        {%- do faults.append('config.hours_to_expiration: would drop the table with all answers. Expected none; got '
            ~ settings.hours_to_expiration) -%}
    {%- endif -%}
    {%- if faults -%}
        {%- do faults.append(dbt_llm._settings_to_add()) -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}

{# The lines by which a project leaves the package's tables as they are. #}
{%- macro _settings_to_add() -%}
    {{ return(
        'dbt lets what dbt_project.yml says to all models go before what a package says of its own. Its `models:` must say, besides or instead of what it says there of dbt_llm,'
        ~ '\n       dbt_llm:\n         tables: {+materialized: dbt_llm_table}\n         views: {+materialized: view}\n     '
    ) }}
{%- endmacro -%}

{#
    The tables that a model's hooks write are safe, there and whole. One that is missing is made, so that a model can be selected by
    itself on a fresh database; dbt then finds it as its own. So is, on DuckDB, a column that an older version of the package did not have.
#}
{%- macro _prepare_package_tables(macro_name, subject, tables) -%}
    {%- set faults = [] -%}
    {%- set views = [] -%}
    {%- for name in tables -%}
        {%- set node = graph.nodes.get('model.dbt_llm.' ~ name) -%}
        {%- if node is none -%}
            {%- do faults.append("the package's table " ~ name ~ ' is disabled. Expected it to be enabled; got +enabled: false. Tasks write '
                ~ 'to it: disable no more than what docs/enrich.md names') -%}
        {%- else -%}
            {%- do faults.extend(dbt_llm._package_table_faults(node)) -%}
            {%- set known = load_relation(dbt_llm._package_relation(name)) -%}
            {%- if known is not none and known.is_view -%}
                {%- do views.append(known | string) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if views -%}
        {%- do faults.append('views stand in the place of the package\'s tables, such as `dbt clone` makes: nothing could be kept. Expected tables; got '
            ~ (views | join(', ')) ~ '. Run `dbt run --select package:dbt_llm`, which makes tables of them with all that they hold') -%}
    {%- endif -%}
    {%- do dbt_llm._raise_faults(macro_name, subject, (dbt_llm._unseen_variables() + faults) | unique | list) -%}
    {%- set missing = [] -%}
    {%- for name in tables if not dbt_llm.relation_exists(dbt_llm._package_relation(name)) -%}
        {%- do missing.append(name) -%}
    {%- endfor -%}
    {%- if missing -%}
        {%- for name in missing -%}
            {# Without the table's name, which dbt-databricks would take for a part of the schema's. #}
            {%- set table = dbt_llm._package_relation(name) -%}
            {%- do create_schema(api.Relation.create(database=table.database, schema=table.schema)) -%}
        {%- endfor -%}
        {# Each commits by itself, as another task may make the same ones at the same time. #}
        {%- set was_inside = dbt_llm.leave_transaction() -%}
        {%- for name in missing -%}
            {%- set relation = dbt_llm._package_relation(name) -%}
            {%- do dbt_llm.create_if_missing('create table if not exists ' ~ relation ~ ' as\n' ~ dbt_llm._empty_table(dbt_llm._package_columns(name))) -%}
            {%- do log(subject ~ ': made ' ~ relation, info=true) -%}
        {%- endfor -%}
        {%- do dbt_llm.enter_transaction(was_inside) -%}
    {%- endif -%}
    {#- Those that this run builds have been looked at. #}
    {%- set standing = {} -%}
    {%- for name in tables if name not in missing and 'model.dbt_llm.' ~ name not in (selected_resources or []) -%}
        {%- do standing.update({name: dbt_llm._package_relation(name)}) -%}
    {%- endfor -%}
    {%- for name, columns in (dbt_llm.columns_of_tables(relations=standing) if standing else {}).items() -%}
        {%- do dbt_llm._add_missing_columns(standing[name], name, columns) -%}
    {%- endfor -%}
{%- endmacro -%}

{#
    Commit this model's table where the package's tables are in another database, as DuckDB lets a transaction write to one only. Returns
    what enter_transaction takes.
#}
{%- macro _leave_transaction_of_table() -%}
    {%- for name in dbt_llm._task_tables() if (dbt_llm._package_relation(name).database or '') | lower != (this.database or '') | lower -%}
        {{ return(dbt_llm.leave_transaction()) }}
    {%- endfor -%}
    {{ return(false) }}
{%- endmacro -%}

{# The columns, each with its kind, that a package table of an older version lacks; `standing`: the names of those that it has. #}
{%- macro _missing_columns(name, standing) -%}
    {%- set missing = [] -%}
    {%- for column in dbt_llm._package_table_columns()[name].split(',') if column.split()[0] not in standing -%}
        {%- do missing.append(column.split()) -%}
    {%- endfor -%}
    {{ return(missing) }}
{%- endmacro -%}

{# Add them. Types are asked for only where one is missing, which takes longer than all else. #}
{%- macro _add_missing_columns(table, name, standing) -%}
    {%- set missing = dbt_llm._missing_columns(name, standing) -%}
    {%- if missing -%}
        {%- set was_inside = dbt_llm.leave_transaction() -%}
        {%- for column, kind in missing -%}
            {%- do dbt_llm.add_column_if_missing(relation=table, name=column, type=dbt_llm._type_of_kind(kind)) -%}
        {%- endfor -%}
        {%- do dbt_llm.enter_transaction(was_inside) -%}
    {%- endif -%}
{%- endmacro -%}

{#
    The kill switch and the budgets, where they stand below `vars: dbt_llm:`: dbt shows them to the package's own models then and to no other,
    which would spend as if they were not there. What the package sees is in the meta of dbt_llm__responses.
#}
{%- macro _unseen_variables() -%}
    {%- set nodes = (graph.nodes if graph is defined) or {} -%}
    {%- set seen = nodes['model.dbt_llm.dbt_llm__responses'].config.meta or {} if 'model.dbt_llm.dbt_llm__responses' in nodes else {} -%}
    {%- set faults = [] -%}
    {%- for name, usual in {'dbt_llm_mode': 'live', 'dbt_llm_budgets': {}}.items() if name in seen and seen[name] not in [usual, var(name, usual)] -%}
        {%- do faults.append('vars.dbt_llm.' ~ name ~ ': only the package sees it, and no model of yours. Expected it below vars: itself; got it below vars: dbt_llm:. '
            ~ 'Move it one level up') -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}

{#
    Append to a package table what a query finds that reads this table too. Delta takes an insert that reads what it writes to
    for one that other tasks' inserts conflict with; so the rows are written to a scratch table first, `suffix` of this model.
#}
{%- macro _append_apart(relation, columns, query, suffix) -%}
    {%- set scratch = dbt_llm._work_relation(suffix) -%}
    {%- do run_query('drop table if exists ' ~ scratch) -%}
    {%- do run_query('create table ' ~ scratch ~ ' as\n' ~ query) -%}
    {%- do run_query('insert into ' ~ relation ~ '\n    (' ~ (columns | join(', ')) ~ ')\nselect\n    ' ~ (columns | join(',\n    ')) ~ '\nfrom ' ~ scratch) -%}
    {%- do run_query('drop table ' ~ scratch) -%}
{%- endmacro -%}

{# What a task writes to; only one of embeddings needs the table of vectors, and one with a filter its own. #}
{%- macro _task_tables() -%}
    {%- set of_its_kind = ['dbt_llm__embeddings'] if (dbt_llm.task_config() or {}).get('kind') == 'embedding' else [] -%}
    {{ return(of_its_kind + [
        'dbt_llm__responses', 'dbt_llm__runs', 'dbt_llm__quarantine', 'dbt_llm__reservations', 'dbt_llm__claims', 'dbt_llm__review_sample',
        'dbt_llm__output_distribution', 'dbt_llm__batches', 'dbt_llm__batch_requests',
    ] + (['dbt_llm__filters', 'dbt_llm__filter_audit'] if dbt_llm._has_filter() else [])) }}
{%- endmacro -%}

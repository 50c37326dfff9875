{# Transactions on dbt-duckdb: a task's answers are committed outside of them. #}

{#
    dbt-duckdb runs a model's hooks in a transaction, in which a kill would lose every answer. Two statements see the same
    transaction id only inside one.
#}
{%- macro duckdb__leave_transaction() -%}
    {%- set first = run_query('select txid_current()').rows[0][0] -%}
    {%- set second = run_query('select txid_current()').rows[0][0] -%}
    {%- if first == second -%}
        {%- do run_query('commit') -%}
        {{ return(true) }}
    {%- endif -%}
    {{ return(false) }}
{%- endmacro -%}

{# dbt still believes in the transaction that leave_transaction() ended, so it gets one back. #}
{%- macro duckdb__enter_transaction(was_inside) -%}
    {%- if was_inside -%}
        {%- do run_query('begin') -%}
    {%- endif -%}
{%- endmacro -%}

{# What dbt does not know of is asked of the database: dbt 2 may forget a table that was made while another one was. #}
{%- macro duckdb__relation_exists(relation) -%}
    {%- if load_relation(relation) is not none -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set found = run_query(
        'select count(*) from information_schema.tables where lower(table_catalog) = lower(' ~ dbt_llm.string_literal(relation.database)
        ~ ') and lower(table_schema) = lower(' ~ dbt_llm.string_literal(relation.schema)
        ~ ') and lower(table_name) = lower(' ~ dbt_llm.string_literal(relation.identifier) ~ ')'
    ).rows[0][0] | int -%}
    {{ return(found > 0) }}
{%- endmacro -%}

{# dbt-duckdb makes the table beside the view, and then swaps them. #}
{%- macro duckdb__table_may_read_its_view() -%}
    {{ return(true) }}
{%- endmacro -%}

{# Two that make one table at once would conflict, whatever `if not exists` says; the companion lets one wait for the other. #}
{%- macro duckdb__create_if_missing(statement) -%}
    {%- set place = dbt_llm._engine_place() -%}
    {%- if place == 'companion' -%}
        {%- do dbt_llm._ask_companion('create', dbt_llm._package_relation('dbt_llm__responses'), {'statement': statement}) -%}
    {%- else -%}
        {%- do run_query('select dbt_llm_create(' ~ dbt_llm.string_literal(statement) ~ ')' if place == 'plugin' else statement) -%}
    {%- endif -%}
{%- endmacro -%}

{%- macro duckdb__columns_of_tables(relations) -%}
    {%- set wanted = [] -%}
    {%- set found = {} -%}
    {%- for name, relation in relations.items() -%}
        {%- do found.update({name: []}) -%}
        {%- do wanted.append('(' ~ dbt_llm.string_literal(name) ~ ', ' ~ dbt_llm.string_literal(relation.database) ~ ', ' ~ dbt_llm.string_literal(relation.schema)
            ~ ', ' ~ dbt_llm.string_literal(relation.identifier) ~ ')') -%}
    {%- endfor -%}
    {%- for row in run_query(
        'select wanted.name, string_agg(lower(columns.column_name), \' \')\nfrom (values ' ~ (wanted | join(', ')) ~ ') as wanted (name, database_name, schema_name, table_name)'
        ~ '\njoin duckdb_columns() as columns on lower(columns.database_name) = lower(wanted.database_name)'
        ~ ' and lower(columns.schema_name) = lower(wanted.schema_name) and lower(columns.table_name) = lower(wanted.table_name)\ngroup by 1'
    ).rows -%}
        {%- do found.update({row[0]: row[1].split()}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro -%}

{%- macro duckdb__add_column_if_missing(relation, name, type) -%}
    {%- do dbt_llm.create_if_missing('alter table ' ~ relation ~ ' add column if not exists ' ~ name ~ ' ' ~ type) -%}
{%- endmacro -%}

{# The probes of an endpoint call functions in their statements, which only the plugin has. #}
{%- macro duckdb__before_calls(task, prompt_version) -%}
    {%- if dbt_llm._engine_place() != 'plugin' -%}
        {%- do exceptions.raise_compiler_error(
            "dbt_llm.calibrate: its statements call functions of the plugin dbt_llm.duckdb. Expected it in the profile's target '" ~ target.name
            ~ "' and dbt 1; got dbt " ~ dbt_version ~ ' without it. Ask there: the answers are those of the endpoint, whatever dbt asks.'
        ) -%}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro -%}

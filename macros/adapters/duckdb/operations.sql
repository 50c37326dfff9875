{# Operations on DuckDB: its engine calls its endpoint, and there is nothing to probe. #}

{# The embedded engine calls its endpoint or does not; there is no statement that only looks. #}
{%- macro duckdb__probe_query(task) -%}
    {{ return(none) }}
{%- endmacro -%}

{# A database in memory is this process's own. One of another type (MotherDuck, DuckLake) need not name a path. #}
{%- macro duckdb__table_expiry_fault(relation) -%}
    {%- set found = run_query(
        'select path is null and not internal and type = ' ~ dbt_llm.string_literal('duckdb') ~ ' from duckdb_databases() where lower(database_name) = lower('
        ~ dbt_llm.string_literal(relation.database) ~ ')'
    ).rows -%}
    {{ return(
        "the database '" ~ relation.database ~ "' is in memory: what a run pays for is gone when dbt ends, and the next one pays it again. Expected `path:` in the "
        ~ 'profile to name a file; got :memory:'
        if found and found[0][0] else none
    ) }}
{%- endmacro -%}

{# The companion looks for the key and connects to the server, and sends it nothing that costs. #}
{%- macro duckdb__reach_faults(task) -%}
    {%- set options = {'endpoint_name': task.endpoint_name, 'endpoint': task.endpoint} -%}
    {%- if dbt_llm._engine_place() == 'companion' -%}
        {{ return(dbt_llm._ask_companion('reach', dbt_llm._package_relation('dbt_llm__responses'), options)) }}
    {%- endif -%}
    {{ return(fromjson(run_query('select dbt_llm_reach(' ~ dbt_llm.string_literal(tojson(options)) ~ ')').rows[0][0])) }}
{%- endmacro -%}

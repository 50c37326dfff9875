{# Operations on DuckDB: its engine calls its endpoint, and there is nothing to probe. #}

{# The embedded engine calls its endpoint or does not; there is no statement that only looks. #}
{%- macro duckdb__probe_query(task) -%}
    {{ return(none) }}
{%- endmacro -%}

{# The companion looks for the key and connects to the server, and sends it nothing that costs. #}
{%- macro duckdb__reach_faults(task) -%}
    {%- set options = {'endpoint_name': task.endpoint_name, 'endpoint': task.endpoint} -%}
    {%- if dbt_llm._engine_place() == 'companion' -%}
        {{ return(dbt_llm._ask_companion('reach', dbt_llm._package_relation('dbt_llm__responses'), options)) }}
    {%- endif -%}
    {{ return(fromjson(run_query('select dbt_llm_reach(' ~ dbt_llm.string_literal(tojson(options)) ~ ')').rows[0][0])) }}
{%- endmacro -%}

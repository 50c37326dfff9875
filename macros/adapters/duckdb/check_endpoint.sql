{# The one thing that only the database knows: is the embedded engine there? #}
{%- macro duckdb__check_endpoint(task) -%}
    {%- set found = run_query(
        "select count(*) from duckdb_functions() where function_name = 'dbt_llm_drain'"
    ).rows[0][0] | int -%}
    {%- if found == 0 -%}
        {{ return([
            "the embedded engine is not loaded. Expected `plugins: [{module: dbt_llm.duckdb}]` in the profile's "
            ~ "target '" ~ target.name ~ "'; got none. Add it, and `pip install 'dbt-llm[duckdb]'` where dbt runs"
        ]) }}
    {%- endif -%}
    {{ return([]) }}
{%- endmacro -%}

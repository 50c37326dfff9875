{# How the package's tables are built: made once, and then left as they are. #}

{#
    A table that is made where it is missing, gets the columns that it lacks, and is left alone otherwise, whatever dbt or the project says of
    refreshing: what it holds was paid for. dbt's `incremental` would write a table without rows beside it and merge that, in each run.
#}
{% materialization dbt_llm_table, default %}
    {%- set table = this.incorporate(type='table') -%}
    {%- set standing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}
    {%- if standing is none and not dbt_llm.relation_exists(this) -%}
        {%- call statement('main') -%}
            {{ create_table_as(false, table, sql) }}
        {%- endcall -%}
    {%- elif standing is not none and standing.is_view -%}
        {#- The query reads what the view shows. #}
        {%- set made = make_intermediate_relation(table) -%}
        {%- do drop_relation_if_exists(load_cached_relation(made)) -%}
        {%- call statement('main') -%}
            {{ create_table_as(false, made, sql) }}
        {%- endcall -%}
        {%- do adapter.drop_relation(standing) -%}
        {%- do adapter.rename_relation(made, table) -%}
        {%- do dbt_llm._add_missing_columns(table, model.name, dbt_llm._column_names(table)) -%}
    {%- else -%}
        {%- do dbt_llm._add_missing_columns(table, model.name, dbt_llm._column_names(table)) -%}
        {%- call noop_statement('main', 'LEFT AS IT IS') -%}
            {{ sql }}
        {%- endcall -%}
    {%- endif -%}
    {%- do apply_grants(table, config.get('grants'), should_revoke(standing, full_refresh_mode=false)) -%}
    {%- do persist_docs(table, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=false) }}
    {{ return({'relations': [table]}) }}
{% endmaterialization %}

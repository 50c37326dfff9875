{# With on_schema_change: ignore, a new column would be paid for and dropped, and a missing one would fail the merge. #}
{%- macro _schema_change_faults(task, columns) -%}
    {%- set existing = load_relation(this) -%}
    {%- if existing is none or should_full_refresh() or (config.get('on_schema_change') or 'ignore') != 'ignore' -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set wanted = (columns + dbt_llm._own_columns(task.response_schema)) | map('lower') | list -%}
    {%- set standing = adapter.get_columns_in_relation(existing) | map(attribute='name') | map('lower') | list -%}
    {%- set added = wanted | reject('in', standing) | list -%}
    {%- set removed = standing | reject('in', wanted) | list -%}
    {%- if not added and not removed -%}
        {{ return([]) }}
    {%- endif -%}
    {{ return([
        "config.on_schema_change: 'ignore', but the table's columns differ: new " ~ dbt_llm._quoted_list(added) ~ ', gone '
        ~ dbt_llm._quoted_list(removed) ~ ". Expected 'append_new_columns' or 'sync_all_columns'; got 'ignore'. Set it, or run once "
        ~ 'with --full-refresh, which drops no answer'
    ]) }}
{%- endmacro -%}

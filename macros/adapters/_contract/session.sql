{# The session on which a task's hooks run: its transaction, what is set round the calls, and what is there. #}

{%- macro leave_transaction() -%}
    {{ return(adapter.dispatch('leave_transaction', 'dbt_llm')()) }}
{%- endmacro -%}

{# Every statement commits by itself. #}
{%- macro default__leave_transaction() -%}
    {{ return(false) }}
{%- endmacro -%}

{%- macro enter_transaction(was_inside) -%}
    {{ return(adapter.dispatch('enter_transaction', 'dbt_llm')(was_inside=was_inside)) }}
{%- endmacro -%}

{%- macro default__enter_transaction(was_inside) -%}
    {{ return(none) }}
{%- endmacro -%}

{%- macro before_calls(task, prompt_version) -%}
    {{ return(adapter.dispatch('before_calls', 'dbt_llm')(task=task, prompt_version=prompt_version)) }}
{%- endmacro -%}

{%- macro default__before_calls(task, prompt_version) -%}
    {{ return(none) }}
{%- endmacro -%}

{%- macro after_calls(task, before) -%}
    {{ return(adapter.dispatch('after_calls', 'dbt_llm')(task=task, before=before)) }}
{%- endmacro -%}

{%- macro default__after_calls(task, before) -%}
    {{ return(none) }}
{%- endmacro -%}

{%- macro table_may_read_its_view() -%}
    {{ return(adapter.dispatch('table_may_read_its_view', 'dbt_llm')()) }}
{%- endmacro -%}

{# Most drop the view first. #}
{%- macro default__table_may_read_its_view() -%}
    {{ return(false) }}
{%- endmacro -%}

{%- macro create_if_missing(statement) -%}
    {{ return(adapter.dispatch('create_if_missing', 'dbt_llm')(statement=statement)) }}
{%- endmacro -%}

{%- macro default__create_if_missing(statement) -%}
    {%- do run_query(statement) -%}
{%- endmacro -%}

{%- macro relation_exists(relation) -%}
    {{ return(adapter.dispatch('relation_exists', 'dbt_llm')(relation=relation)) }}
{%- endmacro -%}

{# dbt's cache is as old as the run. The adapters tell of a table that is not there as one without columns. #}
{%- macro default__relation_exists(relation) -%}
    {{ return(load_relation(relation) is not none or adapter.get_columns_in_relation(relation) | length > 0) }}
{%- endmacro -%}

{%- macro columns_of_tables(relations) -%}
    {{ return(adapter.dispatch('columns_of_tables', 'dbt_llm')(relations=relations)) }}
{%- endmacro -%}

{# Each table would be a statement of its own, in each run of each task. #}
{%- macro default__columns_of_tables(relations) -%}
    {{ return({}) }}
{%- endmacro -%}

{%- macro add_column_if_missing(relation, name, type) -%}
    {{ return(adapter.dispatch('add_column_if_missing', 'dbt_llm')(relation=relation, name=name, type=type)) }}
{%- endmacro -%}

{%- macro default__add_column_if_missing(relation, name, type) -%}
    {%- do run_query('alter table ' ~ relation ~ ' add column ' ~ name ~ ' ' ~ type) -%}
{%- endmacro -%}

{#
    The dbt model that is being built: its task, whether it may spend, and the tables beside it; a Python model answers
    each macro of this file by itself (ModelAnswers in src/dbt_llm/macros.py).
#}

{#
    The task of this dbt model: config.meta.llm checked and completed. Returns a mapping; all faults are raised at once.
#}
{%- macro _task(macro_name) -%}
    {%- set llm = dbt_llm.task_config() -%}
    {%- if llm is not mapping -%}
        {%- set remedy = ". Give it with overrides: macros: {dbt_llm.task_config: …}; dbt does not show a unit test its model's config"
            if model.resource_type == 'unit_test' else ". Write it in the model's YAML under config: meta: llm:" -%}
        {%- set beside = (config.get('meta') or {}).keys() | select('in', ['endpoint', 'prompt', 'response_format']) | list -%}
        {%- if beside -%}
            {%- set remedy = '. ' ~ dbt_llm._quoted_list(beside) ~ ' stand beside llm: in meta: indent them, so that they are below it' -%}
        {%- endif -%}
        {%- do dbt_llm._raise_faults(macro_name, dbt_llm._task_name(), [
            "config.meta.llm is missing. Expected a mapping with 'endpoint', 'prompt' and 'response_format'; got "
            ~ ("'" ~ llm ~ "'" if llm else 'nothing') ~ remedy
        ]) -%}
    {%- endif -%}
    {{ return(dbt_llm._completed_task(
        macro_name, subject=dbt_llm._task_name(), name=dbt_llm._task_name(), llm=llm, faults=dbt_llm._materialization_faults()
    )) }}
{%- endmacro -%}

{# The task: the name of its dbt model, and its version where it has one. #}
{%- macro _task_name() -%}
    {{ return(dbt_llm._task_name_of(model)) }}
{%- endmacro -%}

{#
    Do this model's hooks have work to do? Not for a view, which reads what there is and never pays; nor under --empty, nor in a
    command that runs hooks without writing rows, such as `dbt clone`.
#}
{%- macro _writes_rows() -%}
    {{ return(dbt_llm._is_built() and config.get('materialized') != 'view') }}
{%- endmacro -%}

{# Is the model being built from its input, as only `dbt run`, `build` and `retry` do? #}
{%- macro _is_built() -%}
    {{ return(execute and not flags.EMPTY and flags.WHICH in ['run', 'build', 'retry']) }}
{%- endmacro -%}

{# `live` or `cache_only`: the kill switch. The environment wins, so that an operator need not touch the project. #}
{%- macro _mode() -%}
    {%- set mode = env_var('DBT_LLM_MODE', '') or var('dbt_llm_mode', 'live') -%}
    {%- if mode not in ['live', 'cache_only'] -%}
        {%- do exceptions.raise_compiler_error(
            "dbt_llm: the mode is not known. Expected 'live' or 'cache_only'; got '" ~ mode
            ~ "'. Set the environment variable DBT_LLM_MODE or the var dbt_llm_mode to one of them."
        ) -%}
    {%- endif -%}
    {{ return(mode) }}
{%- endmacro -%}

{#
    The relation of one of this package's own models, also where a hook may not ref() it, and never the emptied
    subquery that ref() gives under --empty.
#}
{%- macro _package_relation(name) -%}
    {%- set node = graph.nodes['model.dbt_llm.' ~ name] -%}
    {{ return(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias, type='table')) }}
{%- endmacro -%}

{#
    One of the tables that a run of this task makes beside its own, and drops: `requests`, the raw `answers` of a chunk, or
    what to ask `again`. An ordinary table: on dbt 2 a temporary one does not survive between statements.
#}
{%- macro _work_relation(suffix) -%}
    {{ return(api.Relation.create(
        database=this.database, schema=this.schema, identifier=this.identifier ~ '__dbt_llm_' ~ suffix, type='table'
    )) }}
{%- endmacro -%}

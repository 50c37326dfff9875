{#
    The task of this dbt model: config.meta.llm checked and completed. Returns a mapping; all faults are raised at once.
#}
{%- macro _task(macro_name) -%}
    {%- set llm = dbt_llm.task_config() -%}
    {%- if llm is not mapping -%}
        {%- set remedy = ". Give it with overrides: macros: {dbt_llm.task_config: …}; dbt does not show a unit test its model's config"
            if model.resource_type == 'unit_test' else ". Write it in the model's YAML under config: meta: llm:" -%}
        {%- do dbt_llm._raise_faults(macro_name, dbt_llm._task_name(), [
            "config.meta.llm is missing. Expected a mapping with 'endpoint', 'prompt' and 'response_format'; got "
            ~ ("'" ~ llm ~ "'" if llm else 'nothing') ~ remedy
        ]) -%}
    {%- endif -%}
    {{ return(dbt_llm._completed_task(
        macro_name, subject=dbt_llm._task_name(), name=dbt_llm._task_name(), llm=llm, faults=dbt_llm._materialization_faults()
    )) }}
{%- endmacro -%}

{# The pre-hook of a Python task: it checks the task and writes the order, without which the body pays for nothing. #}

{#
    The pre-hook of a Python task. dbt gives a Python model's body neither its command's flags nor vars nor the
    invocation, and ignores --empty and --sample there: so this writes an order, without which the body pays for nothing.
#}
{%- macro prepare() -%}
    {# Under --empty too: without an order the body refuses. #}
    {%- if execute and flags.WHICH in ['run', 'build', 'retry'] -%}
        {%- set llm = dbt_llm.task_config() -%}
        {%- set endpoint = dbt_llm._endpoint_entries((llm or {}).get('endpoint')) -%}
        {%- set faults = dbt_llm._task_faults(llm or {}) + endpoint.faults + dbt_llm._python_model_faults() -%}
        {%- do dbt_llm._raise_faults('enrich', dbt_llm._task_name(), faults) -%}
        {%- do dbt_llm._prepare_package_tables('enrich', dbt_llm._task_name(), dbt_llm._task_tables()) -%}
        {%- set order = dbt_llm._order_relation() -%}
        {%- do run_query('drop table if exists ' ~ order) -%}
        {%- do run_query(
            'create table ' ~ order ~ ' as\nselect '
            ~ dbt_llm.string_literal(dbt_llm._canonical_json(dbt_llm._order(llm, endpoint.entries), keep_order=true))
            ~ ' as order_text'
        ) -%}
    {%- endif -%}
{%- endmacro -%}

{# What is wrong with the dbt model around a Python task: its hooks, its refs, its materialization. #}
{%- macro _python_model_faults() -%}
    {%- set faults = dbt_llm._materialization_faults() -%}
    {%- set ns = namespace(records=false, reads=false) -%}
    {%- for hook in post_hooks if 'dbt_llm.record(' in hook | string -%}
        {%- set ns.records = true -%}
    {%- endfor -%}
    {%- if not ns.records -%}
        {%- do faults.append(
            "config.post_hook: does not record what stands in quarantine. Expected '{{ dbt_llm.record() }}'; got "
            ~ (post_hooks | length) ~ ' other hooks. Add it beside the pre_hook'
        ) -%}
    {%- endif -%}
    {%- for reference in model.refs if reference.name == 'dbt_llm__responses' -%}
        {%- set ns.reads = true -%}
    {%- endfor -%}
    {%- if not ns.reads -%}
        {%- do faults.append(
            'the model does not read the responses. Expected dbt.ref("dbt_llm__responses") in it; got none. Add it, '
            ~ 'and pass it to dbt_llm.enrich()'
        ) -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}

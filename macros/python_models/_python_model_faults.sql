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

{#
    The pre-hook of a Python task. dbt gives a Python model's body neither its command's flags nor vars nor the
    invocation, and ignores --empty and --sample there: so this writes an order, without which the body pays for nothing.
#}
{%- macro prepare() -%}
    {%- if execute -%}
        {%- set llm = dbt_llm.task_config() -%}
        {%- set endpoint = dbt_llm._endpoint_entries((llm or {}).get('endpoint')) -%}
        {%- set faults = dbt_llm._task_faults(llm or {}) + endpoint.faults + dbt_llm._python_model_faults() -%}
        {%- do dbt_llm._raise_faults('enrich', dbt_llm._task_name(), faults) -%}
        {%- set order = dbt_llm._order_relation() -%}
        {%- do run_query('drop table if exists ' ~ order) -%}
        {%- do run_query(
            'create table ' ~ order ~ ' as\nselect '
            ~ dbt_llm.string_literal(dbt_llm._canonical_json(dbt_llm._order(llm, endpoint.entries), keep_order=true))
            ~ ' as order_text'
        ) -%}
    {%- endif -%}
{%- endmacro -%}

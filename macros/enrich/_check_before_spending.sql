{# What can only be known from the database, asked before a cent is spent. #}
{%- macro _check_before_spending(task, steps) -%}
    {%- do dbt_llm._check_package_tables(task.name, ['dbt_llm__responses', 'dbt_llm__runs', 'dbt_llm__quarantine', 'dbt_llm__review_sample', 'dbt_llm__output_distribution'] + (['dbt_llm__batches', 'dbt_llm__batch_requests'] if task.get('batches') else [])) -%}
    {%- set columns = get_columns_in_query(steps.input ~ '\nselect *\nfrom llm_input') -%}
    {%- set faults = dbt_llm._column_faults(task, columns) -%}
    {%- if config.get('materialized') == 'incremental' -%}
        {%- do faults.extend(dbt_llm._unique_key_faults(steps, columns)) -%}
        {%- do faults.extend(dbt_llm._schema_change_faults(task, columns)) -%}
    {%- endif -%}
    {%- do dbt_llm._raise_faults('enrich', task.name, faults) -%}
    {%- do dbt_llm.check_query(compiled_code) -%}
{%- endmacro -%}

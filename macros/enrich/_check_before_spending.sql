{# What can only be known from the database, asked before a cent is spent. #}
{%- macro _check_before_spending(task, steps) -%}
    {%- for name in ['dbt_llm__responses', 'dbt_llm__runs', 'dbt_llm__quarantine', 'dbt_llm__output_distribution'] -%}
        {%- set relation = dbt_llm._package_relation(name) -%}
        {%- if load_relation(relation) is none -%}
            {%- do dbt_llm._raise_faults('enrich', task.name, [
                "the package's table " ~ relation ~ " is not there. Expected it to have been built before this model; "
                ~ "got none. Run `dbt run --select package:dbt_llm`, or select `+" ~ task.name ~ "`"
            ]) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set read = ref('dbt_llm', 'dbt_llm__responses') -%}
    {%- set written = dbt_llm._package_relation('dbt_llm__responses') -%}
    {%- if (read.schema, read.identifier) | map('lower') | list != (written.schema, written.identifier) | map('lower') | list -%}
        {%- do dbt_llm._raise_faults('enrich', task.name, [
            'answers would be read from ' ~ read ~ ' and written to ' ~ written ~ ', and so never be seen. Expected one table; got a '
            ~ "deferred one. Run without --favor-state, and name the other table in the var dbt_llm_response_sources"
        ]) -%}
    {%- endif -%}
    {%- set columns = get_columns_in_query(steps.input ~ '\nselect *\nfrom llm_input') -%}
    {%- set faults = dbt_llm._column_faults(task, columns) -%}
    {%- if config.get('materialized') == 'incremental' -%}
        {%- do faults.extend(dbt_llm._unique_key_faults(steps, columns)) -%}
        {%- do faults.extend(dbt_llm._schema_change_faults(task, columns)) -%}
    {%- endif -%}
    {%- do dbt_llm._raise_faults('enrich', task.name, faults) -%}
    {%- do dbt_llm.check_query(compiled_code) -%}
{%- endmacro -%}

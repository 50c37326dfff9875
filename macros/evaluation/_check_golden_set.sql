{# What can only be known from the golden set itself, asked before a cent is spent: its columns, and what it expects. #}
{%- macro _check_golden_set(golden) -%}
    {%- set subject = dbt_llm._task_name() -%}
    {%- do dbt_llm._check_package_tables(subject, [
        'dbt_llm__responses', 'dbt_llm__runs', 'dbt_llm__quarantine', 'dbt_llm__review_sample', 'dbt_llm__evaluations',
        'dbt_llm__evaluation_labels', 'dbt_llm__evaluation_confusion', 'dbt_llm__evaluation_rows',
    ]) -%}
    {%- set relation = compiled_code.split(dbt_llm._golden_markers().golden_set)[1] | trim -%}
    {%- set present = get_columns_in_query('select *\nfrom ' ~ relation) | map('lower') | list -%}
    {%- set faults = [] -%}
    {%- for name in golden.columns if 'expected_' ~ name | lower not in present -%}
        {%- do faults.append(
            "columns: the golden set does not say what is expected of '" ~ name ~ "'. Expected a column 'expected_" ~ name
            ~ "' beside " ~ dbt_llm._quoted_list(present) ~ '; got none. Add it, or name the columns to evaluate: columns=[…]'
        ) -%}
    {%- endfor -%}
    {%- for column in golden.key if column | lower not in present -%}
        {%- do faults.append("key: '" ~ column ~ "' is not a column of the golden set. Expected one of " ~ dbt_llm._quoted_list(present)
            ~ "; got '" ~ column ~ "'" ~ dbt_llm._did_you_mean(column, present)) -%}
    {%- endfor -%}
    {%- for candidate in golden.candidates -%}
        {%- for column in dbt_llm._template_columns(candidate.task.prompt) if column | lower not in present -%}
            {%- do faults.append(
                'prompt of ' ~ candidate.name ~ ': {' ~ column ~ '} is not a column of the golden set. Expected one of '
                ~ dbt_llm._quoted_list(present) ~ "; got '" ~ column ~ "'" ~ dbt_llm._did_you_mean(column, present)
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do dbt_llm._raise_faults('golden', subject, faults) -%}
    {%- do dbt_llm._raise_faults('golden', subject, dbt_llm._expectation_faults(golden)) -%}
    {%- do dbt_llm.check_query(compiled_code) -%}
{%- endmacro -%}

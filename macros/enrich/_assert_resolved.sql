{# Fails a run in which resolve() did not run, before it can write a table of pending rows. #}
{%- macro _assert_resolved() -%}
    {%- if dbt_llm._writes_rows() -%}
        {%- set found = run_query(
            'select count(*) from ' ~ dbt_llm._package_relation('dbt_llm__runs')
            ~ ' where task = ' ~ dbt_llm.string_literal(dbt_llm._task_name())
            ~ ' and invocation_id = ' ~ dbt_llm.string_literal(invocation_id)
        ).rows[0][0] | int -%}
        {%- if found == 0 -%}
            {%- do dbt_llm._raise_faults('enrich', dbt_llm._task_name(), [
                "the hook dbt_llm.resolve() did not run. Expected it to have run before the table's own statement; got no "
                ~ "row in dbt_llm__runs. The adapter skipped it: report this"
            ]) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro -%}

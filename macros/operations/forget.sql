{#
    Delete answers from the package's tables, by request key, task or age; or count them, which is what it does unless told
    otherwise. It calls no language model. The next run pays again for what its input still holds.
#}
{%- macro forget(task=none, older_than_days=none, request_key=none, dry_run=true) -%}
    {%- if execute -%}
        {%- do dbt_llm._check_forget(task, older_than_days, request_key, dry_run) -%}
        {%- set found = {} -%}
        {%- for name, condition in dbt_llm._forgotten_rows(task, older_than_days, request_key).items() -%}
            {%- set relation = dbt_llm._package_relation(name) -%}
            {%- if load_relation(relation) is not none -%}
                {%- do found.update({name: {
                    'rows': run_query('select count(*) from ' ~ relation ~ ' where ' ~ condition).rows[0][0] | int,
                    'delete': 'delete from ' ~ relation ~ ' where ' ~ condition,
                }}) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if not dry_run -%}
            {# The look-ups above may have opened a transaction, which nobody would commit. #}
            {%- do dbt_llm.leave_transaction() -%}
            {%- for table in found.values() if table.rows > 0 -%}
                {%- do run_query(table.delete) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- do dbt_llm._say_forgotten(found, task, older_than_days, request_key, dry_run) -%}
    {%- endif -%}
{%- endmacro -%}

{# What forget has found, and whether it is gone. #}
{%- macro _say_forgotten(found, task, older_than_days, request_key, dry_run) -%}
    {%- set said = [] -%}
    {%- for name, value in {'task': task, 'request_key': request_key, 'older_than_days': older_than_days}.items() if value is not none -%}
        {%- do said.append(name ~ ' ' ~ value) -%}
    {%- endfor -%}
    {%- set rows = [] -%}
    {%- for name, table in found.items() -%}
        {%- do rows.append([name, dbt_llm._grouped(table.rows)]) -%}
    {%- endfor -%}
    {%- set total = found.values() | map(attribute='rows') | sum -%}
    {%- do log('dbt_llm.forget: ' ~ (said | join(', ')) ~ (': these rows would be deleted' if dry_run else ': these rows are deleted'), info=true) -%}
    {%- for line in (dbt_llm._table_lines(rows, right=[1]) if rows else []) -%}
        {%- do log(line, info=true) -%}
    {%- endfor -%}
    {%- if total == 0 -%}
        {%- do log('  Nothing matches.', info=true) -%}
    {%- elif dry_run -%}
        {%- do log("  Nothing is deleted yet. With dry_run: false they go; the next run pays again for what its input still holds.", info=true) -%}
    {%- else -%}
        {%- do log("  The task's own tables, verdicts, and what the warehouse and the provider keep are not touched: docs/privacy.md.", info=true) -%}
    {%- endif -%}
{%- endmacro -%}

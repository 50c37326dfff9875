{#
    Say all that is known of one row's answer, or of one request: who asked, which prompt version and language model, when, what
    came back, what it cost, attempt by attempt. It reads tables and calls no language model.
#}
{%- macro audit(task=none, key=none, request_key=none) -%}
    {%- if execute -%}
        {%- do dbt_llm._check_audit(task, key, request_key) -%}
        {%- set lines = [] -%}
        {%- if key is not none -%}
            {%- set row = dbt_llm._audited_row(dbt_llm._find_task('audit', task), key) -%}
            {%- do lines.append('dbt_llm.audit: ' ~ task ~ ', ' ~ row.said ~ ': ' ~ row.status
                ~ (' (' ~ row.reason ~ ')' if row.reason else '') ~ ', prompt version ' ~ row.prompt_version) -%}
            {%- set request_key = row.request_key -%}
        {%- else -%}
            {%- do lines.append('dbt_llm.audit: request ' ~ request_key) -%}
        {%- endif -%}
        {%- if request_key is none -%}
            {%- do lines.append('  Nothing was asked for it: its prompt is NULL.') -%}
        {%- else -%}
            {%- do lines.extend(dbt_llm._audit_lines(request_key)) -%}
        {%- endif -%}
        {%- for line in lines -%}
            {%- do log(line, info=true) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}

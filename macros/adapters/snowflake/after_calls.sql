{%- macro snowflake__after_calls(task) -%}
    {%- if task.query_tag_before -%}
        {%- do run_query('alter session set query_tag = ' ~ dbt_llm.string_literal(task.query_tag_before)) -%}
    {%- else -%}
        {%- do run_query('alter session unset query_tag') -%}
    {%- endif -%}
    {%- if task.endpoint.get('before_bundle_2026_02') -%}
        {%- do run_query('alter session unset AI_SQL_ERROR_HANDLING_USE_FAIL_ON_ERROR') -%}
    {%- endif -%}
{%- endmacro -%}

{# The session on Snowflake: a query tag ties the calls to their task. #}

{# The tag is in the account's usage history, so that the bill can be joined to the task. #}
{%- macro snowflake__before_calls(task, prompt_version) -%}
    {%- set found = run_query("show parameters like 'query_tag' in session").rows -%}
    {%- do run_query('alter session set query_tag = ' ~ dbt_llm.string_literal(dbt_llm._canonical_json({
        'dbt_llm_task': task.name, 'dbt_llm_prompt_version': prompt_version, 'invocation_id': invocation_id,
    }))) -%}
    {%- if task.endpoint.get('before_bundle_2026_02') -%}
        {%- do run_query('alter session set AI_SQL_ERROR_HANDLING_USE_FAIL_ON_ERROR = false') -%}
    {%- endif -%}
    {{ return(found[0][1] if found else '') }}
{%- endmacro -%}

{%- macro snowflake__after_calls(task, before) -%}
    {%- if before -%}
        {%- do run_query('alter session set query_tag = ' ~ dbt_llm.string_literal(before)) -%}
    {%- else -%}
        {%- do run_query('alter session unset query_tag') -%}
    {%- endif -%}
    {%- if task.endpoint.get('before_bundle_2026_02') -%}
        {%- do run_query('alter session unset AI_SQL_ERROR_HANDLING_USE_FAIL_ON_ERROR') -%}
    {%- endif -%}
{%- endmacro -%}

{# The estimate that plan would have made of what is pending, from the work table; kept in dbt_llm__runs to be held against. #}
{%- macro _estimate_of_work(task, work, pending_requests) -%}
    {%- set bytes = run_query(
        'select coalesce(sum(' ~ dbt_llm.text_bytes('prompt') ~ '), 0) from ' ~ work
    ).rows[0][0] | int -%}
    {{ return(dbt_llm._estimate(task, pending_requests, bytes, dbt_llm._past_usage(task))) }}
{%- endmacro -%}

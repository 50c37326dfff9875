{%- macro probe_query(task) -%}
    {{ return(adapter.dispatch('probe_query', 'dbt_llm')(task=task)) }}
{%- endmacro -%}

{# The statement of a chunk, over a range that holds nothing. #}
{%- macro default__probe_query(task) -%}
    {%- set nothing = '(select 1 as n, ' ~ dbt_llm.string_literal('') ~ ' as request_key, ' ~ dbt_llm.string_literal('')
        ~ ' as prompt, 0 as attempt) as no_requests' -%}
    {{ return(
        'select count(*) as answers from (\n' ~ dbt_llm.call_model_query(work=nothing, task=task, first=1, last=0) ~ '\n) as nothing'
    ) }}
{%- endmacro -%}

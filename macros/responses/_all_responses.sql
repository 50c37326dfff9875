{# This project's responses, and those of the relations in dbt_llm_response_sources: the columns that a task reads. #}
{%- macro _all_responses(responses) -%}
    {%- set columns = 'request_key, status, completion, error_class, attempt, responded_at' -%}
    {%- set selects = ['select ' ~ columns ~ '\n        from ' ~ responses] -%}
    {%- for source in var('dbt_llm_response_sources', []) -%}
        {%- do selects.append('select ' ~ columns ~ '\n        from ' ~ source) -%}
    {%- endfor -%}
    {{ return(selects | join('\n        union all\n        ')) }}
{%- endmacro -%}

{# This project's responses, and those of the relations in dbt_llm_response_sources: the columns that a task reads. #}
{%- macro _all_responses(responses) -%}
    {%- set columns = '\n    ' ~ (['request_key', 'model_name', 'status', 'completion', 'error_class', 'attempt', 'responded_at'] | join(',\n    ')) -%}
    {%- set selects = ['select' ~ columns ~ '\nfrom ' ~ responses] -%}
    {%- for source in var('dbt_llm_response_sources', []) -%}
        {%- do selects.append('select' ~ columns ~ '\nfrom ' ~ source) -%}
    {%- endfor -%}
    {{ return(selects | join('\nunion all\n')) }}
{%- endmacro -%}

{# Call the language model for what is pending, unless nothing is, or nothing may be called. Returns the outcome. #}
{%- macro _answer_pending(task, work, pending_requests, mode) -%}
    {%- set nothing = dbt_llm._empty_outcome(left=pending_requests) -%}
    {%- if pending_requests == 0 -%}
        {{ return(nothing) }}
    {%- elif mode == 'cache_only' -%}
        {%- do nothing.update({'stopped': 'cache_only'}) -%}
        {{ return(nothing) }}
    {%- endif -%}
    {{ return(dbt_llm.complete_relation(work=work, responses=dbt_llm._package_relation('dbt_llm__responses'), task=task)) }}
{%- endmacro -%}

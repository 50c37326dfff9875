{# Call the language model for what is pending, unless nothing is, or nothing may be called. Returns the outcome. #}
{%- macro _answer_pending(task, work, pending_requests, mode) -%}
    {%- set nothing = {
        'sent': 0, 'calls': 0, 'succeeded': 0, 'failed': 0, 'left': pending_requests, 'throttled': 0,
        'input_tokens': 0, 'output_tokens': 0, 'cost_usd': none, 'stopped': none, 'message': none,
    } -%}
    {%- if pending_requests == 0 -%}
        {{ return(nothing) }}
    {%- elif mode == 'cache_only' -%}
        {%- do nothing.update({'stopped': 'cache_only'}) -%}
        {{ return(nothing) }}
    {%- endif -%}
    {{ return(dbt_llm.complete_relation(work=work, responses=dbt_llm._package_relation('dbt_llm__responses'), task=task)) }}
{%- endmacro -%}

{# What a call of the language model needs: the endpoint's keys, and the statements of a chunk or an engine's answer. #}

{%- macro adapter_name() -%}
    {{ return(adapter.dispatch('adapter_name', 'dbt_llm')()) }}
{%- endmacro -%}

{%- macro default__adapter_name() -%}
    {{ return(dbt_llm._refuse_adapter('adapter_name')) }}
{%- endmacro -%}

{%- macro endpoint_keys() -%}
    {{ return(adapter.dispatch('endpoint_keys', 'dbt_llm')()) }}
{%- endmacro -%}

{%- macro default__endpoint_keys() -%}
    {{ return(dbt_llm._refuse_adapter('endpoint_keys')) }}
{%- endmacro -%}

{%- macro check_endpoint(task) -%}
    {{ return(adapter.dispatch('check_endpoint', 'dbt_llm')(task=task)) }}
{%- endmacro -%}

{%- macro default__check_endpoint(task) -%}
    {{ return([]) }}
{%- endmacro -%}

{%- macro chunk_size() -%}
    {{ return(adapter.dispatch('chunk_size', 'dbt_llm')()) }}
{%- endmacro -%}

{%- macro default__chunk_size() -%}
    {{ return(dbt_llm._refuse_adapter('chunk_size')) }}
{%- endmacro -%}

{%- macro call_model_query(work, task, first, last) -%}
    {{ return(adapter.dispatch('call_model_query', 'dbt_llm')(work=work, task=task, first=first, last=last)) }}
{%- endmacro -%}

{%- macro default__call_model_query(work, task, first, last) -%}
    {{ return(dbt_llm._refuse_adapter('call_model_query')) }}
{%- endmacro -%}

{%- macro answers_query(stage, task) -%}
    {{ return(adapter.dispatch('answers_query', 'dbt_llm')(stage=stage, task=task)) }}
{%- endmacro -%}

{%- macro default__answers_query(stage, task) -%}
    {{ return(dbt_llm._refuse_adapter('answers_query')) }}
{%- endmacro -%}

{%- macro complete_relation(work, responses, task, run) -%}
    {{ return(adapter.dispatch('complete_relation', 'dbt_llm')(work=work, responses=responses, task=task, run=run)) }}
{%- endmacro -%}

{# A SQL function is no engine: the road calls it in chunks. #}
{%- macro default__complete_relation(work, responses, task, run) -%}
    {{ return(none) }}
{%- endmacro -%}

{%- macro asks_each_request_once() -%}
    {{ return(adapter.dispatch('asks_each_request_once', 'dbt_llm')()) }}
{%- endmacro -%}

{# The statements of a warehouse do not know of each other. #}
{%- macro default__asks_each_request_once() -%}
    {{ return(false) }}
{%- endmacro -%}

{%- macro recover_answers(responses) -%}
    {{ return(adapter.dispatch('recover_answers', 'dbt_llm')(responses=responses)) }}
{%- endmacro -%}

{# What is paid for is in tables. #}
{%- macro default__recover_answers(responses) -%}
    {{ return(0) }}
{%- endmacro -%}

{# What `dbt run-operation` and the bill ask of a platform. #}

{%- macro create_endpoint(endpoint) -%}
    {{ return(adapter.dispatch('create_endpoint', 'dbt_llm')(endpoint=endpoint)) }}
{%- endmacro -%}

{%- macro default__create_endpoint(endpoint) -%}
    {{ return('nothing to create: ' ~ endpoint.model_name) }}
{%- endmacro -%}

{%- macro probe_query(task) -%}
    {{ return(adapter.dispatch('probe_query', 'dbt_llm')(task=task)) }}
{%- endmacro -%}

{# The statement of a chunk, over a range that holds nothing. #}
{%- macro default__probe_query(task) -%}
    {%- set nothing = '(select 1 as n, ' ~ dbt_llm.string_literal('') ~ ' as request_key, ' ~ dbt_llm.string_literal('')
        ~ ' as prompt, 0 as attempt) as no_requests' -%}
    {%- set call = dbt_llm.call_model_query(work=nothing, task=task, first=1, last=0) if task.get('dimensions') is none
        else dbt_llm.embed_query(work=nothing, task=task, first=1, last=0) -%}
    {{ return('select count(*) as answers from (\n' ~ call ~ '\n) as nothing') }}
{%- endmacro -%}

{%- macro reach_faults(task) -%}
    {{ return(adapter.dispatch('reach_faults', 'dbt_llm')(task=task)) }}
{%- endmacro -%}

{# A warehouse reaches its language model by itself. #}
{%- macro default__reach_faults(task) -%}
    {{ return([]) }}
{%- endmacro -%}

{%- macro table_expiry_fault(relation) -%}
    {{ return(adapter.dispatch('table_expiry_fault', 'dbt_llm')(relation=relation)) }}
{%- endmacro -%}

{# Tables last until they are dropped. #}
{%- macro default__table_expiry_fault(relation) -%}
    {{ return(none) }}
{%- endmacro -%}

{%- macro refusal_remedy(endpoint) -%}
    {{ return(adapter.dispatch('refusal_remedy', 'dbt_llm')(endpoint=endpoint)) }}
{%- endmacro -%}

{%- macro default__refusal_remedy(endpoint) -%}
    {{ return('see the page of this adapter in docs/adapters.') }}
{%- endmacro -%}

{%- macro version_query() -%}
    {{ return(adapter.dispatch('version_query', 'dbt_llm')()) }}
{%- endmacro -%}

{%- macro default__version_query() -%}
    {{ return('select version()') }}
{%- endmacro -%}

{%- macro count_tokens_expression(prompt_expression, endpoint) -%}
    {{ return(adapter.dispatch('count_tokens_expression', 'dbt_llm')(prompt_expression=prompt_expression, endpoint=endpoint)) }}
{%- endmacro -%}

{%- macro default__count_tokens_expression(prompt_expression, endpoint) -%}
    {{ return(none) }}
{%- endmacro -%}

{%- macro usage_actuals_query(options) -%}
    {{ return(adapter.dispatch('usage_actuals_query', 'dbt_llm')(options=options)) }}
{%- endmacro -%}

{%- macro default__usage_actuals_query(options) -%}
    {{ return(dbt_llm._empty_table({
        'usage_date': 'date',
        'task': dbt.type_string(),
        'prompt_version': dbt.type_string(),
        'invocation_id': dbt.type_string(),
        'model_name': dbt.type_string(),
        'query_id': dbt.type_string(),
        'input_tokens': dbt.type_bigint(),
        'output_tokens': dbt.type_bigint(),
        'quantity': dbt.type_float(),
        'unit': dbt.type_string(),
        'cost_usd': dbt.type_float(),
    })) }}
{%- endmacro -%}

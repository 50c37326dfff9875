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

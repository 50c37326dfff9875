{# The columns of the filters' tables, with their types. #}

{# A filter is a row for as long as there is the table; the audit has one for each request that was asked whatever its score. #}
{%- macro _filter_tables() -%}
    {%- set text = dbt.type_string() -%}
    {%- set whole = dbt.type_bigint() -%}
    {%- set number = dbt_llm.column_type({'type': 'number'}) -%}
    {%- set boolean = dbt.type_boolean() -%}
    {%- set timestamp = dbt.type_timestamp() -%}
    {{ return({
        'dbt_llm__filters': {
            'filter_version': text,
            'task': text,
            'model_name': text,
            'prompt_version': text,
            'label_column': text,
            'label_values': text,
            'embedding_model': text,
            'dimensions': whole,
            'intercept': number,
            'coefficients': dbt_llm.column_type({'type': 'array', 'items': {'type': 'number'}}),
            'threshold': number,
            'stated_recall': number,
            'stated_confidence': number,
            'proven_recall': number,
            'positives': whole,
            'positives_needed': whole,
            'passed_share': number,
            'learned_rows': whole,
            'held_out_rows': whole,
            'message': text,
            'trained_at': timestamp,
        },
        'dbt_llm__filter_audit': {
            'task': text,
            'filter_version': text,
            'request_key': text,
            'score': number,
            'is_passed': boolean,
            'is_wanted': boolean,
            'invocation_id': text,
            'audited_at': timestamp,
        },
    }) }}
{%- endmacro -%}

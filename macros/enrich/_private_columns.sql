{# The columns that the query adds for itself, and that no table shows. #}
{%- macro _private_columns(schema, incremental, is_batched=false) -%}
    {%- set columns = [
        '_dbt_llm_prompt',
        '_dbt_llm_request_key',
        '_dbt_llm_response_status',
        '_dbt_llm_completion',
        '_dbt_llm_error_class',
        '_dbt_llm_attempt',
        '_dbt_llm_is_pending',
        '_dbt_llm_json',
        '_dbt_llm_reason',
    ] -%}
    {%- if incremental -%}
        {%- do columns.append('_dbt_llm_fingerprint') -%}
    {%- endif -%}
    {%- if is_batched -%}
        {%- do columns.append('_dbt_llm_batch_reason') -%}
    {%- endif -%}
    {%- for name in schema.properties -%}
        {%- do columns.append(dbt_llm._value_column(name)) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro -%}

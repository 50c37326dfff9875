{# The columns of a task: those that it adds to its input's, and those that only its query has. #}

{# The columns that a task adds to those of its input. #}
{%- macro _output_columns(schema) -%}
    {{ return((schema.properties.keys() | list) + dbt_llm._status_columns()) }}
{%- endmacro -%}

{# Those that are the same for every task. #}
{%- macro _status_columns() -%}
    {{ return(['llm_status', 'llm_reason', 'llm_request_key', 'llm_prompt_version']) }}
{%- endmacro -%}

{# The columns that the query adds for itself, and that no table shows. #}
{%- macro _intermediate_columns(schema, incremental, is_batched=false, repairs=false, is_filtered=false, is_embedding=false) -%}
    {%- set columns = [
        '_dbt_llm_prompt',
        '_dbt_llm_request_key',
        '_dbt_llm_response_status',
        '_dbt_llm_completion',
        '_dbt_llm_error_class',
        '_dbt_llm_attempt',
        '_dbt_llm_superseded',
        '_dbt_llm_is_pending',
        '_dbt_llm_vector' if is_embedding else '_dbt_llm_json',
        '_dbt_llm_reason',
    ] -%}
    {%- if incremental -%}
        {%- do columns.append('_dbt_llm_fingerprint') -%}
    {%- endif -%}
    {%- if is_filtered -%}
        {%- do columns.append('_dbt_llm_is_dropped') -%}
    {%- endif -%}
    {%- if is_batched -%}
        {%- do columns.append('_dbt_llm_batch_reason') -%}
    {%- endif -%}
    {%- if repairs -%}
        {%- do columns.extend(['_dbt_llm_last_attempt', '_dbt_llm_is_repaired']) -%}
    {%- endif -%}
    {%- if not is_embedding -%}
        {%- do columns.extend(dbt_llm._columns_of_values(schema)) -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro -%}

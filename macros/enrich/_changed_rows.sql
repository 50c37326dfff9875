{#
    In an incremental run, leave out the rows that stand in the table as they would be written again: by the unique key,
    with the same input columns (told by a hash of them, so that a change in a column that the prompt does not name is
    still written), the same prompt version and language model, and an answer that is still there. It needs no request
    key, so a rerun hashes no prompt; and no time, so a late row is found.
#}
{%- macro _changed_rows(task) -%}
    {%- set keys = dbt_llm._unique_key_columns() -%}
    {%- set own_columns = (task.response_schema.properties.keys() | list)
        + ['llm_status', 'llm_reason', 'llm_request_key', 'llm_prompt_version'] -%}
llm_standing as (
    select
        {%- for key in keys %}
        {{ key }} as _dbt_llm_unique_key_{{ loop.index }},
        {%- endfor %}
        llm_request_key as _dbt_llm_standing_request_key,
        {{ dbt_llm.row_fingerprint(except=own_columns) }} as _dbt_llm_fingerprint
    from {{ this }}
    where llm_status = 'succeeded'
        and llm_prompt_version = {{ dbt_llm._prompt_version(task) }}
),

llm_unchanged as (
    select llm_standing.*
    from llm_standing
    inner join llm_responses
        on llm_standing._dbt_llm_standing_request_key = llm_responses._dbt_llm_answered_key
    where llm_responses._dbt_llm_response_status = 'succeeded'
        and llm_responses._dbt_llm_model_name = {{ dbt_llm.string_literal(task.model_name) }}
),

llm_changed as (
    select *
    from llm_input
    where not exists (
        select 1
        from llm_unchanged
        where llm_unchanged._dbt_llm_fingerprint = llm_input._dbt_llm_fingerprint
            {%- for key in keys %}
            and llm_unchanged._dbt_llm_unique_key_{{ loop.index }} = llm_input._dbt_llm_unique_key_{{ loop.index }}
            {%- endfor %}
    )
)
{%- endmacro -%}

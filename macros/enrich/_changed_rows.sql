{#
    In an incremental run, leave out the rows that stand in the table as they would be written again: the same input
    columns, the same request and prompt version, answered. Told by a hash of the input columns, so that a change in a column that the
    prompt does not name is still written; and never by time, so that a late row is found.
#}
{%- macro _changed_rows(task) -%}
    {%- set own_columns = (task.response_schema.properties.keys() | list)
        + ['llm_status', 'llm_reason', 'llm_request_key', 'llm_prompt_version'] -%}
llm_unchanged as (
    select
        llm_request_key as _dbt_llm_unchanged_key,
        {{ dbt_llm.row_fingerprint(except=own_columns) }} as _dbt_llm_unchanged_fingerprint
    from {{ this }}
    where llm_status = 'succeeded'
        and llm_prompt_version = {{ dbt_llm._prompt_version(task) }}
),

llm_changed as (
    select *
    from llm_answered
    where coalesce(_dbt_llm_response_status, 'none') != 'succeeded'
        or not exists (
            select 1
            from llm_unchanged
            where llm_unchanged._dbt_llm_unchanged_key = llm_answered._dbt_llm_request_key
                and llm_unchanged._dbt_llm_unchanged_fingerprint = llm_answered._dbt_llm_fingerprint
        )
)
{%- endmacro -%}

{# In an incremental run, the rows of the input that do not stand in the table already as they would be written again. #}

{#
    In an incremental run, leave out the rows that stand in the table as they would be written again: by the unique key,
    with the same input columns (told by a hash of them, so that a change in a column that the prompt does not name is
    still written), the same prompt version and language model, and an answer that is still there. It needs no request
    key, so a rerun hashes no prompt; and no time, so a late row is found. What a filter says of a row is no change of it. The
    vectors of the input are told by the table, which has all of its columns.
#}
{%- macro _changed_rows(task) -%}
    {%- set keys = dbt_llm._unique_key_columns() -%}
    {%- set columns = ['llm_status', 'llm_reason', 'llm_request_key', 'llm_prompt_version'] -%}
    {%- for key in keys -%}
        {%- do columns.append(key ~ ' as _dbt_llm_unique_key_' ~ loop.index) -%}
    {%- endfor -%}
    {%- set outputs = dbt_llm._output_columns(task.response_schema) -%}
    {%- set besides = dbt_llm._filter_columns() if task.get('filter') else [] -%}
    {%- set vectors = dbt_llm.vector_columns(this) -%}
    {%- set vectors_of_input = [] -%}
    {%- for name in vectors if name | lower not in outputs | map('lower') -%}
        {%- do vectors_of_input.append(name) -%}
    {%- endfor -%}
    {%- set standing = dbt_llm.with_fingerprint(
        relation=this, columns=columns, except=outputs, like='llm_input', besides=besides, vectors=vectors
    ) -%}
llm_standing as (
    select
        {%- for key in keys %}
        _dbt_llm_unique_key_{{ loop.index }},
        {%- endfor %}
        llm_request_key as _dbt_llm_standing_request_key,
        _dbt_llm_fingerprint as _dbt_llm_standing_fingerprint
    from {{ standing }} as standing
    where llm_status = 'succeeded'
        and llm_reason is null
        and llm_prompt_version = {{ dbt_llm._prompt_version(task) }}
),

llm_unchanged as (
    select llm_standing.*
    from llm_standing
    inner join llm_responses
        on llm_standing._dbt_llm_standing_request_key = llm_responses.request_key
    where llm_responses.status = 'succeeded'
        and llm_responses.model_name = {{ dbt_llm.string_literal(task.model_name) }}
),

llm_changed as (
    select *
    from {{ dbt_llm.with_fingerprint(
        relation='llm_input', columns=['*'], except=[], like='llm_input', besides=besides, vectors=vectors_of_input
    ) }} as current_rows
    where not exists (
        select 1
        from llm_unchanged
        where {{ dbt_llm.same_fingerprint('llm_unchanged._dbt_llm_standing_fingerprint', 'current_rows._dbt_llm_fingerprint') }}
            {%- for key in keys %}
            and llm_unchanged._dbt_llm_unique_key_{{ loop.index }} = {{ key }}
            {%- endfor %}
    )
)
{%- endmacro -%}

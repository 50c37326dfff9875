{# meta.llm.keep_previous: until its new answer comes, an unchanged row of an incremental task shows the answer that it had. #}

{# By this reason a row tells that its answer is that of an earlier prompt, whose version and request key it shows. #}
{%- macro _previous_reason() -%}
    {{ return('previous_answer') }}
{%- endmacro -%}

{# The CTE `llm_previous`: the answers that stand in the table, by unique key and fingerprint of the input's columns. #}
{%- macro _previous_answers(task) -%}
    {%- set standing = dbt_llm._column_names(this) if model.resource_type != 'unit_test' else [] -%}
    {%- set columns = ['llm_status', 'llm_request_key as _dbt_llm_previous_request_key', 'llm_prompt_version as _dbt_llm_previous_version'] -%}
    {%- for key in dbt_llm._unique_key_columns() -%}
        {%- do columns.append(key ~ ' as _dbt_llm_previous_key_' ~ loop.index) -%}
    {%- endfor -%}
    {%- for name, member in task.response_schema.properties.items() -%}
        {%- set value = dbt_llm.column_name(name) if not standing or name | lower in standing
            else 'cast(null as ' ~ dbt_llm.column_type(member) ~ ')' -%}
        {%- do columns.append(value ~ ' as _dbt_llm_previous_' ~ loop.index) -%}
    {%- endfor -%}
llm_previous as (
    select
        {{ dbt_llm._previous_columns(task) | join(',\n        ') }}
    from (
        select
            *,
            _dbt_llm_fingerprint as _dbt_llm_previous_fingerprint
        from {{ dbt_llm.with_fingerprint(
            relation=this, columns=columns, except=dbt_llm._output_columns(task.response_schema), like='llm_input',
            besides=dbt_llm._filter_columns() if task.get('filter') else [], vectors=dbt_llm.vector_columns(this)
        ) }} as standing_rows
    ) as standing_answers
    where llm_status = 'succeeded'
)
{%- endmacro -%}

{# Its columns, none of which a table shows. #}
{%- macro _previous_columns(task) -%}
    {%- set columns = ['_dbt_llm_previous_request_key', '_dbt_llm_previous_version', '_dbt_llm_previous_fingerprint'] -%}
    {%- for key in dbt_llm._unique_key_columns() -%}
        {%- do columns.append('_dbt_llm_previous_key_' ~ loop.index) -%}
    {%- endfor -%}
    {%- for name in task.response_schema.properties -%}
        {%- do columns.append('_dbt_llm_previous_' ~ loop.index) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro -%}

{# The CTE `llm_shown`: each row, with its previous answer where it waits for a new one. #}
{%- macro _shown_rows() -%}
llm_shown as (
    select *
    from llm_validated
    left join llm_previous
        on llm_validated._dbt_llm_is_pending
        and {{ dbt_llm.same_fingerprint('llm_validated._dbt_llm_fingerprint', 'llm_previous._dbt_llm_previous_fingerprint') }}
        {%- for key in dbt_llm._unique_key_columns() %}
        and {{ key }} = llm_previous._dbt_llm_previous_key_{{ loop.index }}
        {%- endfor %}
)
{%- endmacro -%}

{# The latest row of each batch job: all that are open, oldest first, after the latest `closed` others. #}
{%- macro _batches_query(ledger, task, closed) -%}
    {%- set columns = [
        'batch_key', 'state', 'is_open', 'task', 'provider', 'model_name', 'batch_id', 'requests', 'succeeded_requests',
        'failed_requests', 'cost_usd', 'message', 'intended_at',
    ] -%}
with

llm_events as (
    select
        {{ columns | join(',\n        ') }},
        row_number() over (partition by batch_key order by sequence desc, recorded_at desc) as newest_first
    from {{ ledger }}
),

llm_jobs as (
    select
        {{ columns | join(',\n        ') }},
        row_number() over (partition by is_open order by intended_at desc, batch_key) as place
    from llm_events
    where newest_first = 1
        {%- if task %}
        and task = {{ dbt_llm.string_literal(task) }}
        {%- endif %}
)

select
    {{ columns | join(',\n    ') }},
    {{ dbt_llm.current_utc() }} as looked_at
from llm_jobs
where is_open or place <= {{ closed | int }}
order by is_open, intended_at, batch_key
{%- endmacro -%}

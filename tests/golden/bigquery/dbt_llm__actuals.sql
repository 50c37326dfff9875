select
    date(creation_time) as usage_date,
    regexp_extract(destination_table.table_id, '^(.+)__dbt_llm_answers$') as task,
    cast(null as string) as prompt_version,
    (
        select label.value
        from unnest(labels) as label
        where label.key = 'dbt_invocation_id'
    ) as invocation_id,
    cast(null as string) as model_name,
    job_id as query_id,
    cast(null as int64) as input_tokens,
    cast(null as int64) as output_tokens,
    cast(total_bytes_billed as float64) as quantity,
    'bytes billed' as unit,
    cast(total_bytes_billed as float64) / pow(2, 40) * 6.25 as cost_usd
from `region-us`.information_schema.jobs_by_project
where job_type = 'QUERY'
    and ends_with(destination_table.table_id, '__dbt_llm_answers')

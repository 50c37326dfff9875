with

jobs as (
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
),

-- BigQuery's own charges are the scans of the jobs.
charges as (
    select
        date(usage_start_time) as usage_date,
        (
            select label.value
            from unnest(labels) as label
            where label.key = 'bigquery_job_id_prefix'
        ) as job_id_prefix,
        sku.description as sku,
        cast(usage.amount_in_pricing_units as float64) as quantity,
        usage.pricing_unit as unit,
        cast(cost as float64) / currency_conversion_rate as cost_usd
    from `golden`.`billing`.`gcp_billing_export_v1_0`
    where not starts_with(service.description, 'BigQuery')
)

select *
from jobs
union all
select
    charges.usage_date,
    jobs.task,
    jobs.prompt_version,
    jobs.invocation_id,
    charges.sku as model_name,
    jobs.query_id,
    jobs.input_tokens,
    jobs.output_tokens,
    charges.quantity,
    charges.unit,
    charges.cost_usd
from charges
inner join jobs
    on charges.job_id_prefix = lower(substr(jobs.query_id, 1, 63))

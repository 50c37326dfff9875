{#
    The calling jobs, by the table that a chunk is staged in, which names the task, and the label that dbt gives its jobs. It
    is their scans only: the language model's tokens are billed under Vertex AI, which has no view in BigQuery.
    https://docs.cloud.google.com/bigquery/docs/information-schema-jobs (2026-11)
#}
{%- macro bigquery__usage_actuals_query(options) -%}
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
    cast(total_bytes_billed as float64) / pow(2, 40) * {{ options.usd_per_tib }} as cost_usd
from `region-{{ (target.location or 'us') | lower }}`.information_schema.jobs_by_project
where job_type = 'QUERY'
    and ends_with(destination_table.table_id, '__dbt_llm_answers')
{%- endmacro -%}

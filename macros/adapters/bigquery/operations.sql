{# Operations on BigQuery: the remote model, tokens by AI.COUNT_TOKENS, and what its jobs tell of usage. #}

{%- macro bigquery__create_endpoint(endpoint) -%}
    {%- set connection = '`' ~ endpoint.connection ~ '`' if endpoint.get('connection') else 'default' -%}
    {%- do run_query(
        'create or replace model `' ~ endpoint.model ~ '`\nremote with connection ' ~ connection
        ~ '\noptions (endpoint = ' ~ dbt_llm.string_literal(endpoint.model_name) ~ ')'
    ) -%}
    {{ return('created the remote model ' ~ endpoint.model ~ ' for ' ~ endpoint.model_name) }}
{%- endmacro -%}

{%- macro bigquery__refusal_remedy(endpoint) -%}
    {{ return(
        'run `dbt run-operation dbt_llm.create_endpoints` where the remote model ' ~ endpoint.model ~ ' is missing, and give its '
        ~ "connection's service account the role roles/aiplatform.user"
    ) }}
{%- endmacro -%}

{# BigQuery is a service without a version. #}
{%- macro bigquery__version_query() -%}
    {{ return(none) }}
{%- endmacro -%}

{# Free of charge, and in preview: https://docs.cloud.google.com/bigquery/docs (AI.COUNT_TOKENS, 2026-09). #}
{%- macro bigquery__count_tokens_expression(prompt_expression, endpoint) -%}
    {{ return(
        'ai.count_tokens(' ~ prompt_expression ~ ', endpoint => ' ~ dbt_llm.string_literal(endpoint.model_name) ~ ').result'
    ) }}
{%- endmacro -%}

{#
    The calling jobs, and with the Cloud Billing export what the language model cost besides: its charges carry the first 63
    characters of the job's id, in lower case. The export has no tokens, but a quantity in the unit of each SKU.
    https://docs.cloud.google.com/bigquery/docs/generative-ai-overview#track_costs (2026-08-22)
    https://docs.cloud.google.com/billing/docs/how-to/export-data-bigquery-tables/standard-usage (2026-11)
#}
{%- macro bigquery__usage_actuals_query(options) -%}
{%- if options.billing_export is none -%}
{{ dbt_llm._job_scans_query(options) }}
{%- else -%}
with

jobs as (
    {{ dbt_llm._job_scans_query(options) | replace('\n', '\n    ') }}
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
    from `{{ options.billing_export.rsplit('.', 2) | join('`.`') }}`
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
{%- endif -%}
{%- endmacro -%}

{#
    By the table that a chunk is staged in, which names the task, and the label that dbt gives its jobs.
    https://docs.cloud.google.com/bigquery/docs/information-schema-jobs (2026-11)
#}
{%- macro _job_scans_query(options) -%}
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

{# A dataset may give each new table an end; the table then has it as an option of its own. #}
{%- macro bigquery__table_expiry_fault(relation) -%}
    {#- A Python model's body, which has no graph, cannot ask this. #}
    {%- if graph is not defined or not dbt_llm.relation_exists(relation) -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set found = run_query(
        'select option_value from ' ~ relation.include(identifier=false) ~ '.INFORMATION_SCHEMA.TABLE_OPTIONS where table_name = '
        ~ dbt_llm.string_literal(relation.identifier) ~ " and option_name = 'expiration_timestamp'"
    ).rows -%}
    {{ return(
        relation ~ ' is dropped by the platform at ' ~ found[0][0] ~ ', with all answers in it. Expected a table that stays; got an expiration. Run '
        ~ '`alter table ' ~ relation ~ ' set options (expiration_timestamp = null)`, and take the default off the dataset'
        if found else none
    ) }}
{%- endmacro -%}

{# Operations on Databricks: rights, and the system tables of usage. #}

{%- macro databricks__refusal_remedy(endpoint) -%}
    {{ return(
        "check that the endpoint's name is that of a serving endpoint in this workspace, that you CAN QUERY it, and that the "
        ~ "target is a serverless SQL warehouse, or a cluster of Databricks Runtime 15.4 or later"
    ) }}
{%- endmacro -%}

{#
    By endpoint and hour: the bill names neither statement nor tag. Every batch inference of the account's workspaces on an
    endpoint that a task has used is in it, also what others did there.
    https://docs.databricks.com/aws/en/admin/system-tables/model-serving-cost (2026-11)
#}
{%- macro databricks__usage_actuals_query(options) -%}
select
    billed.usage_date,
    cast(null as string) as task,
    cast(null as string) as prompt_version,
    cast(null as string) as invocation_id,
    billed.usage_metadata.endpoint_name as model_name,
    billed.record_id as query_id,
    cast(null as bigint) as input_tokens,
    cast(null as bigint) as output_tokens,
    cast(billed.usage_quantity as double) as quantity,
    billed.usage_unit as unit,
    cast(billed.usage_quantity as double) * cast(prices.pricing.effective_list.default as double) as cost_usd
from system.billing.usage as billed
left join system.billing.list_prices as prices
    on billed.sku_name = prices.sku_name
    and billed.cloud = prices.cloud
    and billed.usage_unit = prices.usage_unit
    and billed.usage_end_time >= prices.price_start_time
    and (prices.price_end_time is null or billed.usage_end_time < prices.price_end_time)
where billed.billing_origin_product = 'MODEL_SERVING'
    and billed.product_features.model_serving.offering_type = 'BATCH_INFERENCE'
    and billed.usage_metadata.endpoint_name in (
        select model_name
        from {{ ref('dbt_llm__responses') }}
    )
{%- endmacro -%}

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
        from `golden`.`main`.`dbt_llm__responses`
    )

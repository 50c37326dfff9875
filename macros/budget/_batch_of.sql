{# The entry of a Batch API at the provider of an API's entry, by the list's discount; none where there is no such discount. #}
{%- macro _batch_of(api) -%}
    {%- set price = dbt_llm._price(api, 'async') -%}
    {%- if price is none or not price.batch_discount or 'input_usd_per_million_tokens' not in api -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set part = 1 - price.batch_discount -%}
    {{ return({
        'model_name': api.model_name,
        'input_usd_per_million_tokens': api.input_usd_per_million_tokens * part,
        'output_usd_per_million_tokens': api.get('output_usd_per_million_tokens', 0) * part,
    }) }}
{%- endmacro -%}

{#
    An endpoint's entry, with the list prices where it states none of its own; those of a Batch API with its discount.
    Own prices win, both together: half a price is a fault, not a mixture.
#}
{%- macro _with_prices(entry, place) -%}
    {%- if 'input_usd_per_million_tokens' in entry or 'output_usd_per_million_tokens' in entry -%}
        {{ return(entry) }}
    {%- endif -%}
    {%- set price = dbt_llm._price(entry, place) -%}
    {%- if price is none -%}
        {{ return(entry) }}
    {%- endif -%}
    {%- set part = 1 - (price.batch_discount or 0) if place == 'batch' else 1 -%}
    {%- set priced = {} -%}
    {%- do priced.update(entry) -%}
    {%- do priced.update({
        'input_usd_per_million_tokens': price.input_usd_per_million_tokens * part,
        'output_usd_per_million_tokens': price.output_usd_per_million_tokens * part,
    }) -%}
    {{ return(priced) }}
{%- endmacro -%}

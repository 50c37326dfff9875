{# The list prices, one mapping per place and model: those of the var dbt_llm_prices first, then the package's own. #}
{%- macro prices() -%}
    {%- set own = var('dbt_llm_prices', []) -%}
    {%- do dbt_llm._raise_faults('prices', 'dbt_llm_prices', dbt_llm._price_faults(own)) -%}
    {%- set rows = [] -%}
    {%- for price in own or [] -%}
        {%- do rows.append(price) -%}
    {%- endfor -%}
    {# `false` switches the package's own prices off. #}
    {%- for part in ([] if own is false else dbt_llm._price_table()) -%}
        {%- for model_name, price in part.models.items() -%}
            {%- do rows.append({
                'place': part.place,
                'base_urls': part.get('base_urls', []),
                'model_name': model_name,
                'input_usd_per_million_tokens': price[0],
                'cached_input_usd_per_million_tokens': price[1],
                'output_usd_per_million_tokens': price[2],
                'batch_discount': part.get('batch_discount'),
                'source': part.source,
                'read': part.read,
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(rows) }}
{%- endmacro -%}

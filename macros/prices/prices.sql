{# The list prices, one mapping per place and model: those of the var dbt_llm_prices first, then the package's own. #}
{%- macro prices() -%}
    {%- set own = var('dbt_llm_prices', []) -%}
    {%- if own != [] -%}
        {%- do dbt_llm._raise_faults('prices', 'dbt_llm_prices', dbt_llm._price_faults(own)) -%}
    {%- endif -%}
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

{# What is wrong with the var dbt_llm_prices. #}
{%- macro _price_faults(own) -%}
    {%- set known = [
        'place', 'base_urls', 'model_name', 'input_usd_per_million_tokens', 'cached_input_usd_per_million_tokens',
        'output_usd_per_million_tokens', 'batch_discount', 'source', 'read',
    ] -%}
    {%- set faults = [] -%}
    {%- if own is string or own is mapping or (own is not sequence and own is not false) -%}
        {{ return(["var dbt_llm_prices: not a list. Expected a list of prices, or false for none of the package's own; got '" ~ own ~ "'"]) }}
    {%- endif -%}
    {%- for price in own or [] -%}
        {%- set where = 'var dbt_llm_prices[' ~ loop.index0 ~ ']' -%}
        {%- if price is not mapping -%}
            {%- do faults.append(where ~ ": not a mapping. Expected {model_name: …, input_usd_per_million_tokens: …}; got '" ~ price ~ "'") -%}
        {%- else -%}
            {%- do faults.extend(dbt_llm._unknown_keys(where, price, known)) -%}
            {%- if price.get('model_name') is not string -%}
                {%- do faults.append(where ~ ".model_name: not a text. Expected the provider's id of a language model; got " ~ dbt_llm._got(price.get('model_name'))) -%}
            {%- endif -%}
            {%- for key in ['input_usd_per_million_tokens', 'output_usd_per_million_tokens'] -%}
                {%- if price.get(key) is not number or price.get(key) is boolean or price.get(key) < 0 -%}
                    {%- do faults.append(where ~ '.' ~ key ~ ': not a price. Expected a number of at least 0; got ' ~ dbt_llm._got(price.get(key))) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}

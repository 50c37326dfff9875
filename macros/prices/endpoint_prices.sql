{# What an endpoint's tokens cost: its own prices, or else the list's. #}

{#
    An endpoint's entry, with the list prices where it states none of its own; those of a Batch API with its discount.
    Own prices win, both together: half a price is a fault, not a mixture.
#}
{%- macro _with_prices(entry, place) -%}
    {%- if 'input_usd_per_million_tokens' in entry or 'output_usd_per_million_tokens' in entry -%}
        {{ return(entry) }}
    {%- endif -%}
    {%- set price = dbt_llm._list_price(entry, place) -%}
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

{#
    The list price of an endpoint's entry, or none. An API is known by its base_url, so that a server of one's own, or a
    proxy, is never priced as the provider whose model's name it bears; what has no base_url, by its provider, or by the
    place itself: the adapter. The name is the model's, or that of a dated snapshot of it.
#}
{%- macro _list_price(entry, place) -%}
    {%- set at = entry.provider if entry.provider else place -%}
    {%- for price in dbt_llm.prices() -%}
        {%- set ns = namespace(is_there=false) -%}
        {%- if entry.base_url -%}
            {%- for base_url in price.base_urls or [] if (entry.base_url ~ '/')[:(base_url | length)] == base_url -%}
                {%- set ns.is_there = true -%}
            {%- endfor -%}
        {%- else -%}
            {%- set ns.is_there = price.place == at -%}
        {%- endif -%}
        {# A price of one's own may leave the place out, and is then that of the model wherever it is. #}
        {%- if (ns.is_there or not (price.place or price.base_urls))
            and (entry.model_name == price.model_name or dbt_llm._is_dated_version_of(entry.model_name, price.model_name)) -%}
            {{ return(price) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(none) }}
{%- endmacro -%}

{# Is a model name that of a dated snapshot of another: `gpt-4o-mini-2024-07-18`, `claude-haiku-4-5-20251001`? #}
{%- macro _is_dated_version_of(name, model_name) -%}
    {%- set before = model_name ~ '-' -%}
    {%- set date = (name | string)[(before | length):] | replace('-', '') -%}
    {%- set ns = namespace(digits=date | length == 8) -%}
    {%- for letter in date if letter not in '0123456789' -%}
        {%- set ns.digits = false -%}
    {%- endfor -%}
    {{ return((name | string)[:(before | length)] == before and ns.digits) }}
{%- endmacro -%}

{#
    The list price of an endpoint's entry, or none. An API is known by its base_url, so that a server of one's own, or a
    proxy, is never priced as the provider whose model's name it bears; what has no base_url, by its provider, or by the
    place itself: the adapter. The name is the model's, or that of a dated snapshot of it.
#}
{%- macro _price(entry, place) -%}
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
            and (entry.model_name == price.model_name or dbt_llm._is_snapshot_of(entry.model_name, price.model_name)) -%}
            {{ return(price) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(none) }}
{%- endmacro -%}

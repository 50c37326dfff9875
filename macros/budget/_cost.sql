{# What so many tokens cost at an entry's prices, in USD; none without prices. #}
{%- macro _cost(entry, input_tokens, output_tokens) -%}
    {%- if 'input_usd_per_million_tokens' not in entry -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return((
        input_tokens * entry.input_usd_per_million_tokens + output_tokens * entry.get('output_usd_per_million_tokens', 0)
    ) / 1000000) }}
{%- endmacro -%}

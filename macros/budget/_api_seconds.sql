{#
    How long an API takes for a plan's requests: {'seconds', 'by'}. By the rate of earlier runs, or the limits that the entry
    states; else as many calls at once as it may have, of a second each.
#}
{%- macro _api_seconds(entry, requests, tokens, rate) -%}
    {%- if rate is not none -%}
        {{ return({'seconds': requests / rate, 'by': 'the ' ~ (rate | round(1)) ~ ' requests a second of earlier runs'}) }}
    {%- endif -%}
    {%- set spans = [] -%}
    {%- if entry.requests_per_minute -%}
        {%- do spans.append(requests / entry.requests_per_minute * 60) -%}
    {%- endif -%}
    {%- if entry.tokens_per_minute -%}
        {%- do spans.append(tokens / entry.tokens_per_minute * 60) -%}
    {%- endif -%}
    {%- if spans -%}
        {{ return({'seconds': spans | max, 'by': "the endpoint's requests and tokens a minute"}) }}
    {%- endif -%}
    {%- set at_once = entry.get('max_in_flight', 64) -%}
    {{ return({'seconds': requests / at_once, 'by': at_once ~ ' calls at once of a second each, assumed'}) }}
{%- endmacro -%}

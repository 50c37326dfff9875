{# How many requests the limits of a task allow, by what the requests so far took. #}

{#
    How many more requests the limits allow, and which limit binds: {'requests': n, 'reason': none or limit:<name>,
    'each': {unit: amount}}. What a request takes is what the requests so far took; before the first, a token for four
    bytes and max_tokens of answer.
#}
{%- macro _requests_within_limits(task, outcome, bytes_per_request, wanted) -%}
    {%- set counted = outcome.succeeded if outcome.input_tokens else 0 -%}
    {%- set input_each = outcome.input_tokens / counted if counted else bytes_per_request / 4 + 1 -%}
    {%- set unseen = 0 if task.get('dimensions') is not none else (dbt_llm._stated_max_tokens(task.model_parameters) or 256) -%}
    {%- set output_each = outcome.output_tokens / counted if counted else unseen -%}
    {%- set spent_input = outcome.input_tokens if counted else outcome.sent * input_each -%}
    {%- set spent_output = outcome.output_tokens if counted else outcome.sent * output_each -%}
    {%- set input_price = task.endpoint.get('input_usd_per_million_tokens', 0) / 1000000 -%}
    {%- set output_price = task.endpoint.get('output_usd_per_million_tokens', 0) / 1000000 -%}
    {%- set spent = {
        'requests': outcome.sent,
        'input_tokens': spent_input,
        'output_tokens': spent_output,
        'cost_usd': spent_input * input_price + spent_output * output_price,
    } -%}
    {%- set each = {
        'requests': 1,
        'input_tokens': input_each,
        'output_tokens': output_each,
        'cost_usd': input_each * input_price + output_each * output_price,
    } -%}
    {%- set ns = namespace(requests=wanted, reason=none) -%}
    {%- for name, limit in task.limits.items() if each[name] > 0 -%}
        {%- set fits = [((limit - spent[name]) / each[name]) | int, 0] | max -%}
        {%- if fits < ns.requests -%}
            {%- set ns.requests = fits -%}
            {%- set ns.reason = 'limit:' ~ name -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return({'requests': ns.requests, 'reason': ns.reason, 'each': each}) }}
{%- endmacro -%}

{# The model parameters by which providers are told how long an answer may be. #}
{%- macro _max_tokens_names() -%}
    {{ return(['max_tokens', 'max_output_tokens', 'max_completion_tokens']) }}
{%- endmacro -%}

{# How many tokens an answer may have, as a task states it; none where it does not. #}
{%- macro _stated_max_tokens(parameters) -%}
    {%- for name in dbt_llm._max_tokens_names() if parameters.get(name) -%}
        {{ return(parameters.get(name)) }}
    {%- endfor -%}
    {{ return(none) }}
{%- endmacro -%}

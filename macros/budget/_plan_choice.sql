{#
    Which place to take first: {'kind', 'reason'}, the reason one sentence. In this order: what need not be sent; a server of
    one's own (beyond ten million requests, vLLM); the warehouse where the data is; a Batch API where there is a day and it
    saves something; else the API.
#}
{%- macro _plan_choice(places, requests, hours) -%}
    {%- set by_kind = {} -%}
    {%- for place in places if place.kind not in by_kind or place.is_declared -%}
        {%- do by_kind.update({place.kind: place}) -%}
    {%- endfor -%}
    {%- set api = by_kind.api -%}
    {%- set batch = by_kind.batch -%}
    {%- set warehouse = by_kind.warehouse if by_kind.warehouse and by_kind.warehouse.is_declared else none -%}
    {%- set saved = api.usd - batch.usd if api and batch and api.usd is not none and batch.usd is not none else 0 -%}
    {%- if requests == 0 -%}
        {{ return({'kind': none, 'reason': 'nothing is to pay: every request has its answer, and a run calls nothing.'}) }}
    {%- elif api and api.is_own_server and requests > 10000000 -%}
        {{ return({'kind': 'ray', 'reason': 'the model is self-hosted and there are more than ten million requests, which is where vLLM behind Ray earns its keep.'}) }}
    {%- elif warehouse and (hours is none or warehouse.seconds is none or warehouse.seconds <= hours * 3600) -%}
        {{ return({'kind': 'warehouse', 'reason': "the data is in the warehouse, and this enriches a column: its own function needs nothing else."
            ~ (' Nobody documents its rate, so time a run with limits: {requests: 1000} first.' if warehouse.seconds is none else '')}) }}
    {%- elif api and api.is_own_server -%}
        {{ return({'kind': 'api', 'reason': 'the endpoint is a server of your own, which costs no tokens, and the volume is small enough for it.'}) }}
    {%- elif batch and hours is not none and hours >= 24 -%}
        {{ return({'kind': 'batch', 'reason': 'the answers may take ' ~ hours ~ ' hours, and a Batch API ends within 24 for '
            ~ dbt_llm._usd(saved) ~ ' USD less.'}) }}
    {%- elif api and hours is not none -%}
        {{ return({'kind': 'api', 'reason': 'the answers are wanted within ' ~ hours ~ ' hours, and a Batch API promises 24.'
            ~ (' This takes longer by the estimate: raise the rate, or cut the rows.' if api.seconds > hours * 3600 else '')}) }}
    {%- elif batch and saved >= 5 -%}
        {{ return({'kind': 'batch', 'reason': 'it saves ' ~ dbt_llm._usd(saved) ~ ' USD, if the answers may take a day; where they may not, say so with hours.'}) }}
    {%- elif api -%}
        {{ return({'kind': 'api', 'reason': 'its answers come at once'
            ~ (', and the ' ~ dbt_llm._usd(saved) ~ ' USD that a Batch API saves are not worth a day.' if batch else '.')}) }}
    {%- elif batch -%}
        {{ return({'kind': 'batch', 'reason': 'it is the only place that the endpoint names.'}) }}
    {%- endif -%}
    {{ return({'kind': 'warehouse' if by_kind.warehouse else none, 'reason': "the endpoint has no entry for this target; '" ~ dbt_llm.adapter_name() ~ "' would be one."}) }}
{%- endmacro -%}

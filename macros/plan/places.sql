{# The places where a task's requests could be answered, what each costs and how long it takes, and which to take first. #}

{#
    Where a task's pending requests could be answered: a list of {'kind': warehouse, api, batch, spark or ray, 'where',
    'model_name', 'usd', 'seconds', 'by', 'is_declared'}. Unknown costs and times are none. `accelerator`: what a GPU of one's own
    costs and does.
#}
{%- macro _plan_places(task, requests, estimate, accelerator) -%}
    {%- set tokens = estimate.input_tokens + estimate.output_tokens -%}
    {%- set rate = dbt_llm._past_rate(task) -%}
    {%- set here = dbt_llm.adapter_name() -%}
    {%- set entries = {} -%}
    {%- for place, declared in var('dbt_llm_endpoints', {})[task.endpoint_name].items() if declared is mapping -%}
        {%- do entries.update({place: dbt_llm._planned_entry(declared, place)}) -%}
    {%- endfor -%}
    {%- set places = [] -%}
    {%- for place, entry in entries.items() if place not in ['async', 'batch', 'spark', 'ray'] and not entry.base_url -%}
        {%- set rate_there = rate if place == here else none -%}
        {%- do places.append({
            'kind': 'warehouse', 'where': place ~ "'s function", 'model_name': entry.model_name,
            'usd': dbt_llm._cost(entry, estimate.input_tokens, estimate.output_tokens),
            'seconds': requests / rate_there if rate_there else none,
            'by': 'the ' ~ (rate_there | round(1)) ~ ' requests a second of earlier runs' if rate_there else 'time: not documented; a trial tells',
            'is_declared': place == here,
        }) -%}
    {%- endfor -%}
    {%- set apis = [entries['async']] if entries['async'] else [] -%}
    {%- if entries[here] and entries[here].base_url -%}
        {%- do apis.append(entries[here]) -%}
    {%- endif -%}
    {%- for place, entry in entries.items() if entry.base_url and place not in ['spark', 'ray'] -%}
        {%- do apis.append(entry) -%}
    {%- endfor -%}
    {%- set api = apis[0] if apis else none -%}
    {%- if api -%}
        {%- set duration = dbt_llm._api_seconds(api, requests, tokens, rate if entries[here] and entries[here].base_url else none) -%}
        {%- do places.append({
            'kind': 'api', 'where': 'async API', 'model_name': api.model_name, 'usd': dbt_llm._cost(api, estimate.input_tokens, estimate.output_tokens),
            'seconds': duration.seconds, 'by': duration.by, 'is_declared': true, 'is_self_hosted': dbt_llm._is_self_hosted(api),
        }) -%}
    {%- endif -%}
    {%- set batch = entries['batch'] or (dbt_llm._batch_entry(api) if api else none) -%}
    {%- if batch -%}
        {%- do places.append({
            'kind': 'batch', 'where': 'Batch API', 'model_name': batch.model_name,
            'usd': dbt_llm._cost(batch, estimate.input_tokens, estimate.output_tokens), 'seconds': 86400,
            'by': 'at most, by its terms' ~ ('' if 'batch' in entries else "; needs an entry 'batch'"), 'is_declared': 'batch' in entries,
        }) -%}
    {%- endif -%}
    {%- for kind, where, share in [('spark', 'Spark, own GPUs', accelerator.spark_share), ('ray', 'Ray + vLLM, own GPUs', 1)] -%}
        {%- set own = dbt_llm._stated_accelerator(entries[kind], accelerator, share) -%}
        {%- set seconds = tokens / (own.tokens_per_second * own.gpus) -%}
        {%- do places.append({
            'kind': kind, 'where': where, 'model_name': own.model_name,
            'usd': seconds / 3600 * own.usd_per_hour * own.gpus, 'seconds': seconds,
            'by': own.gpus ~ ' x ' ~ own.name ~ ' at ' ~ dbt_llm._format_usd(own.usd_per_hour) ~ ' USD/h, '
                ~ dbt_llm._format_number(own.tokens_per_second) ~ ' tokens/s each', 'is_declared': own.is_stated,
        }) -%}
    {%- endfor -%}
    {{ return(places) }}
{%- endmacro -%}

{# What answers on GPUs of one's own: as the endpoint's entry for the place states it, or else as the plan assumes. #}
{%- macro _stated_accelerator(entry, accelerator, share) -%}
    {%- if entry and entry.tokens_per_second and entry.usd_per_hour is defined -%}
        {{ return({
            'name': 'replicas', 'model_name': entry.model_name, 'gpus': entry.replicas or 1, 'usd_per_hour': entry.usd_per_hour,
            'tokens_per_second': entry.tokens_per_second, 'is_stated': true,
        }) }}
    {%- endif -%}
    {{ return(dbt_llm._merged(accelerator, {'tokens_per_second': accelerator.tokens_per_second * share, 'is_stated': false})) }}
{%- endmacro -%}

{# An endpoint's entry of any place, as a plan needs it: its own, the environment's and the list's values, unchecked. #}
{%- macro _planned_entry(declared, place) -%}
    {%- set entry = {} -%}
    {%- for key, value in declared.items() -%}
        {%- if key != 'api_key_env' and key[-4:] == '_env' -%}
            {%- if dbt_llm._is_variable_name(value) and env_var(value, '') -%}
                {%- do entry.update({key[:-4]: env_var(value) | float if 'usd_per' in key else env_var(value)}) -%}
            {%- endif -%}
        {%- elif key not in entry -%}
            {%- do entry.update({key: value}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(dbt_llm._with_prices(entry, place)) }}
{%- endmacro -%}

{# Is an API's entry that of a server of one's own: a URL of this machine or of a private network, and no price for tokens? #}
{%- macro _is_self_hosted(entry) -%}
    {%- if entry.get('input_usd_per_million_tokens', 0) > 0 -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set host = ((entry.base_url or '').split('://') | last).split('/')[0].split(':')[0] -%}
    {%- for beginning in ['localhost', '127.', '10.', '192.168.', '172.16.', '172.17.', '172.18.', '172.19.', '172.2', '172.30.', '172.31.'] -%}
        {%- if host[:(beginning | length)] == beginning -%}
            {{ return(true) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(host[-6:] == '.local' or host[-9:] == '.internal') }}
{%- endmacro -%}

{# The entry of a Batch API at the provider of an API's entry, by the list's discount; none where there is no such discount. #}
{%- macro _batch_entry(api) -%}
    {%- set price = dbt_llm._list_price(api, 'async') -%}
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

{# Requests a second of the runs so far that asked this model at this endpoint, from the larger of them; none without. #}
{%- macro _past_rate(task) -%}
    {%- set row = run_query(
        'select sum(sent_requests), sum(' ~ dbt.datediff('started_at', 'finished_at', 'second') ~ ')\nfrom '
        ~ dbt_llm._package_relation('dbt_llm__runs') ~ '\nwhere endpoint = ' ~ dbt_llm.string_literal(task.endpoint_name)
        ~ ' and model_name = ' ~ dbt_llm.string_literal(task.model_name) ~ ' and engine = '
        ~ dbt_llm.string_literal(dbt_llm.adapter_name()) ~ ' and sent_requests >= 100'
    ).rows[0] -%}
    {%- if row[0] is none or row[1] | int < 1 -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return((row[0] | float) / (row[1] | float)) }}
{%- endmacro -%}

{#
    How long an API takes for a plan's requests: {'seconds', 'by'}. By the rate of earlier runs, or the limits that the entry
    states; else as many calls at once as it may have, of a second each.
#}
{%- macro _api_seconds(entry, requests, tokens, rate) -%}
    {%- if rate is not none -%}
        {{ return({'seconds': requests / rate, 'by': 'the ' ~ (rate | round(1)) ~ ' requests a second of earlier runs'}) }}
    {%- endif -%}
    {%- set durations = [] -%}
    {%- if entry.requests_per_minute -%}
        {%- do durations.append(requests / entry.requests_per_minute * 60) -%}
    {%- endif -%}
    {%- if entry.tokens_per_minute -%}
        {%- do durations.append(tokens / entry.tokens_per_minute * 60) -%}
    {%- endif -%}
    {%- if durations -%}
        {{ return({'seconds': durations | max, 'by': "the endpoint's requests and tokens a minute"}) }}
    {%- endif -%}
    {%- set at_once = entry.get('max_in_flight', 64) -%}
    {{ return({'seconds': requests / at_once, 'by': at_once ~ ' calls at once of a second each, assumed'}) }}
{%- endmacro -%}

{#
    Which place to take first: {'kind', 'reason'}, the reason one sentence. In this order: what need not be sent; a server of
    one's own (beyond ten million requests, vLLM); the warehouse where the data is; a Batch API where there is a day and it
    saves something; else the API.
#}
{%- macro _recommended_place(places, requests, hours) -%}
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
    {%- elif api and api.is_self_hosted and requests > 10000000 -%}
        {{ return({'kind': 'ray', 'reason': 'the model is self-hosted and there are more than ten million requests, which is where vLLM behind Ray earns its keep.'}) }}
    {%- elif warehouse and (hours is none or warehouse.seconds is none or warehouse.seconds <= hours * 3600) -%}
        {{ return({'kind': 'warehouse', 'reason': "the data is in the warehouse, and this enriches a column: its own function needs nothing else."
            ~ (' Nobody documents its rate, so time a run with limits: {requests: 1000} first.' if warehouse.seconds is none else '')}) }}
    {%- elif api and api.is_self_hosted -%}
        {{ return({'kind': 'api', 'reason': 'the endpoint is a server of your own, which costs no tokens, and the volume is small enough for it.'}) }}
    {%- elif batch and hours is not none and hours >= 24 -%}
        {{ return({'kind': 'batch', 'reason': 'the answers may take ' ~ hours ~ ' hours, and a Batch API ends within 24 for '
            ~ dbt_llm._format_usd(saved) ~ ' USD less.'}) }}
    {%- elif api and hours is not none -%}
        {{ return({'kind': 'api', 'reason': 'the answers are wanted within ' ~ hours ~ ' hours, and a Batch API promises 24.'
            ~ (' This takes longer by the estimate: raise the rate, or cut the rows.' if api.seconds > hours * 3600 else '')}) }}
    {%- elif batch and saved >= 5 -%}
        {{ return({'kind': 'batch', 'reason': 'it saves ' ~ dbt_llm._format_usd(saved) ~ ' USD, if the answers may take a day; where they may not, say so with hours.'}) }}
    {%- elif api -%}
        {{ return({'kind': 'api', 'reason': 'its answers come at once'
            ~ (', and the ' ~ dbt_llm._format_usd(saved) ~ ' USD that a Batch API saves are not worth a day.' if batch else '.')}) }}
    {%- elif batch -%}
        {{ return({'kind': 'batch', 'reason': 'it is the only place that the endpoint names.'}) }}
    {%- endif -%}
    {{ return({'kind': 'warehouse' if by_kind.warehouse else none, 'reason': "the endpoint has no entry for this target; '" ~ dbt_llm.adapter_name() ~ "' would be one."}) }}
{%- endmacro -%}

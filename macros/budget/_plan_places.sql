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
    {%- for place, entry in entries.items() if place not in ['async', 'batch'] and not entry.base_url -%}
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
    {%- for entry in entries.values() if entry.base_url -%}
        {%- do apis.append(entry) -%}
    {%- endfor -%}
    {%- set api = apis[0] if apis else none -%}
    {%- if api -%}
        {%- set span = dbt_llm._api_seconds(api, requests, tokens, rate if entries[here] and entries[here].base_url else none) -%}
        {%- do places.append({
            'kind': 'api', 'where': 'async API', 'model_name': api.model_name, 'usd': dbt_llm._cost(api, estimate.input_tokens, estimate.output_tokens),
            'seconds': span.seconds, 'by': span.by, 'is_declared': true, 'is_own_server': dbt_llm._is_own_server(api),
        }) -%}
    {%- endif -%}
    {%- set batch = entries['batch'] or (dbt_llm._batch_of(api) if api else none) -%}
    {%- if batch -%}
        {%- do places.append({
            'kind': 'batch', 'where': 'Batch API', 'model_name': batch.model_name,
            'usd': dbt_llm._cost(batch, estimate.input_tokens, estimate.output_tokens), 'seconds': 86400,
            'by': 'at most, by its terms' ~ ('' if 'batch' in entries else "; needs an entry 'batch'"), 'is_declared': 'batch' in entries,
        }) -%}
    {%- endif -%}
    {%- for kind, where, share in [('spark', 'Spark, own GPUs', accelerator.spark_share), ('ray', 'Ray + vLLM, own GPUs', 1)] -%}
        {%- set seconds = tokens / (accelerator.tokens_per_second * share * accelerator.gpus) -%}
        {%- do places.append({
            'kind': kind, 'where': where, 'model_name': accelerator.model_name,
            'usd': seconds / 3600 * accelerator.usd_per_hour * accelerator.gpus, 'seconds': seconds,
            'by': accelerator.gpus ~ ' x ' ~ accelerator.name ~ ' at ' ~ dbt_llm._usd(accelerator.usd_per_hour) ~ ' USD/h, '
                ~ dbt_llm._grouped(accelerator.tokens_per_second * share) ~ ' tokens/s each', 'is_declared': false,
        }) -%}
    {%- endfor -%}
    {{ return(places) }}
{%- endmacro -%}

{# Say what the next run of a task would pay, and what it would cost and take in each place, before a cent is spent. #}

{# It reads tables and calls no language model. #}
{%- macro plan(task, hours=none, input=none, sample=200, count_tokens=true, gpus=1, gpu_usd_per_hour=7.9, gpu_tokens_per_second=12500) -%}
    {%- if execute -%}
        {%- do dbt_llm._check_plan(task, hours, sample, gpus) -%}
        {%- set node = dbt_llm._find_task('plan', task) -%}
        {%- set planned = dbt_llm._planned_task(node) -%}
        {%- do dbt_llm._raise_faults('plan', task, dbt_llm._missing_tables(
            (['dbt_llm__embeddings'] if planned.get('dimensions') is not none else []) + (['dbt_llm__filters'] if planned.get('filter') else [])
        )) -%}
        {%- set relation = dbt_llm._planned_input(node, input) -%}
        {%- set counts = dbt_llm._plan_counts(node, planned, dbt_llm._planned_rows(node, relation), sample, count_tokens) -%}
        {%- set estimate = dbt_llm._estimate(
            planned, counts.to_pay, counts.prompt_bytes, dbt_llm._past_usage(planned), counts.counted_each
        ) -%}
        {%- set places = dbt_llm._plan_places(planned, counts.to_pay, estimate, accelerator={
            'name': 'H100', 'model_name': 'an 8B model', 'gpus': gpus, 'usd_per_hour': gpu_usd_per_hour,
            'tokens_per_second': gpu_tokens_per_second, 'spark_share': 0.125,
        }) -%}
        {%- set choice = dbt_llm._recommended_place(places, counts.to_pay, hours) -%}
        {%- for line in dbt_llm._plan_lines(planned, relation, counts, estimate, places, choice) -%}
            {%- do log(line, info=true) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}

{# What is wrong with the arguments of plan, and whether there is anything that it could read. #}
{%- macro _check_plan(task, hours, sample, gpus) -%}
    {%- set faults = [] -%}
    {%- for name, value in {'hours': hours, 'sample': sample, 'gpus': gpus}.items()
        if value is not none and (value is not number or value is boolean or value <= 0) -%}
        {%- do faults.append(name ~ ": not a number. Expected one above 0; got '" ~ value ~ "'") -%}
    {%- endfor -%}
    {%- do dbt_llm._raise_faults('plan', task, faults + dbt_llm._missing_tables(
        ['dbt_llm__responses', 'dbt_llm__runs', 'dbt_llm__batches', 'dbt_llm__batch_requests']
    )) -%}
{%- endmacro -%}

{# One fault for each of the package's tables that is not there. #}
{%- macro _missing_tables(names) -%}
    {%- set faults = [] -%}
    {%- for name in names if load_relation(dbt_llm._package_relation(name)) is none -%}
        {%- do faults.append(dbt_llm._package_relation(name) ~ " is not there. Expected the package's table; got none. "
            ~ 'Run `dbt run --select package:dbt_llm`, which spends nothing') -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}

{#
    What a run of a task would find, by the SQL that the run would have: {'rows', 'without_prompt', 'distinct', 'to_pay',
    'repairs' (of what is to pay), 'prompt_bytes' (the same), 'counted_each' (tokens, by the warehouse, or none), 'filtered' (requests that
    a filter drops), 'batched' (that are in an open batch job)}. It reads, and calls nothing.
#}
{%- macro _plan_counts(node, task, relation, sample, count_tokens) -%}
    {%- set responses = dbt_llm._package_relation('dbt_llm__responses') -%}
    {%- set steps = dbt_llm._compiled_steps(dbt_llm._task_query(relation=relation, responses=responses, task=task, incremental=false)) -%}
    {%- do dbt_llm._raise_faults('plan', task.name, dbt_llm._column_faults(
        task, dbt_llm.query_columns(steps.input ~ '\nselect *\nfrom llm_input'), node
    )) -%}
    {%- set repairs = task.get('repair', 0) > 0 -%}
    {%- set requests -%}
{{ steps.requests }}
, {{ dbt_llm._batched_requests(dbt_llm._batch_tables()) }}
, llm_distinct as (
    select
        _dbt_llm_request_key as request_key,
        min(_dbt_llm_prompt) as prompt,
        max(case when _dbt_llm_is_pending and llm_batched.request_key is null then 1 else 0 end) as is_pending,
        max(case when _dbt_llm_is_pending and llm_batched.request_key is not null then 1 else 0 end) as is_batched
        {%- if repairs %},
        max(case when _dbt_llm_is_pending and llm_batched.request_key is null and ({{ dbt_llm._is_answer() }}) then 1 else 0 end) as is_repair
        {%- endif %}
    from {{ 'llm_validated' if repairs else 'llm_answered' }}
    left join llm_batched on _dbt_llm_request_key = llm_batched.request_key
    where _dbt_llm_prompt is not null
    group by _dbt_llm_request_key
)
    {%- endset -%}
    {%- set row = run_query(
        requests ~ '\nselect\n    (select count(*) from llm_input),\n    (select count(*) from llm_prompts where _dbt_llm_prompt is null),'
        ~ '\n    count(*),\n    coalesce(sum(is_pending), 0),\n    coalesce(sum(case when is_pending = 1 then '
        ~ dbt_llm.text_bytes('prompt') ~ ' end), 0),\n    ' ~ ('coalesce(sum(is_repair), 0)' if repairs else '0') ~ ',\n    coalesce(sum(is_batched), 0)\nfrom llm_distinct'
    ).rows[0] -%}
    {%- set counts = {
        'rows': row[0] | int, 'without_prompt': row[1] | int, 'distinct': row[2] | int, 'to_pay': row[3] | int,
        'prompt_bytes': row[4] | int, 'repairs': row[5] | int, 'batched': row[6] | int, 'counted_each': none,
        'filtered': dbt_llm._count_filtered(steps).requests if task.filter else 0,
    } -%}
    {%- set counted = dbt_llm.count_tokens_expression('prompt', task.endpoint) if count_tokens and counts.to_pay > 0 -%}
    {%- if counted -%}
        {%- do log('dbt_llm.plan: counting the tokens of ' ~ sample ~ ' prompts by the warehouse, which charges no tokens. Where an error '
            ~ 'follows, add count_tokens: false to --args', info=true) -%}
        {%- set mean = run_query(
            requests ~ ',\n\nllm_sample as (\n    select prompt\n    from llm_distinct\n    where is_pending = 1\n    order by request_key\n    limit '
            ~ sample ~ '\n)\n\nselect avg(' ~ counted ~ ')\nfrom llm_sample'
        ).rows[0][0] -%}
        {%- do counts.update({'counted_each': mean | float if mean is not none else none}) -%}
    {%- endif -%}
    {{ return(counts) }}
{%- endmacro -%}

{# A plan for a reader, as lines. #}
{%- macro _plan_lines(task, relation, counts, estimate, places, choice) -%}
    {%- set lines = [
        'dbt_llm.plan: ' ~ task.name ~ ' over ' ~ relation ~ ', ' ~ task.model_name ~ '. Nothing is sent.', '',
    ] -%}
    {%- do lines.extend(dbt_llm._table_lines([
        ['rows', dbt_llm._format_number(counts.rows), ''],
        ['without a prompt', dbt_llm._format_number(counts.without_prompt), 'a NULL in it; skipped'],
        ['distinct requests', dbt_llm._format_number(counts.distinct), ''],
        ['settled already', dbt_llm._format_number(counts.distinct - counts.to_pay - counts.filtered - counts.batched), 'answered, or failed for good'],
    ] + ([
        ['in a batch job', dbt_llm._format_number(counts.batched), 'of this task or another, and paid for'],
    ] if counts.batched else []) + ([
        ['left out by the filter', dbt_llm._format_number(counts.filtered), dbt_llm._format_number(counts.to_pay + counts.filtered) ~ ' to pay without it'],
    ] if task.filter else []) + [
        ['to pay', dbt_llm._format_number(counts.to_pay), ''],
        ['input tokens', dbt_llm._format_number(estimate.input_tokens), (estimate.input_each | round(1)) ~ ' each, by ' ~ estimate.input_by],
        ['output tokens', dbt_llm._format_number(estimate.output_tokens), (estimate.output_each | round(1)) ~ ' each, by ' ~ estimate.output_by],
    ], right=[1])) -%}
    {%- if counts.to_pay > 0 -%}
        {%- set rows = [['', 'where', 'model', 'USD', 'time', 'by']] -%}
        {%- for place in places -%}
            {%- do rows.append([
                '>' if place.kind == choice.kind and (place.is_declared or place.kind in ['spark', 'ray', 'batch']) else '', place.where,
                place.model_name, dbt_llm._format_usd(place.usd), dbt_llm._format_duration(place.seconds), place.by,
            ]) -%}
        {%- endfor -%}
        {%- do lines.append('') -%}
        {%- do lines.extend(dbt_llm._table_lines(rows, right=[3, 4])) -%}
    {%- endif -%}
    {%- do lines.append('') -%}
    {%- do lines.append('  Recommended: ' ~ choice.reason) -%}
    {%- if task.get('repair', 0) > 0 and counts.to_pay > 0 -%}
        {%- do lines.append(
            '  With repair: 1, each answer that is refused is asked for once more, by a longer prompt, which is not in the figures above: at most '
            ~ dbt_llm._format_number(2 * counts.to_pay - counts.repairs) ~ ' calls in all; of the requests to pay ' ~ counts.repairs ~ ' are repairs already.'
        ) -%}
    {%- endif -%}
    {%- for line in (dbt_llm._limit_lines(task, counts.to_pay, estimate) if counts.to_pay > 0 else []) -%}
        {%- do lines.append('  ' ~ line) -%}
    {%- endfor -%}
    {{ return(lines) }}
{%- endmacro -%}

{# What the task's limits and the budgets say to a plan, as lines. #}
{%- macro _limit_lines(task, requests, estimate) -%}
    {%- set lines = [] -%}
    {%- set planned = {
        'requests': requests, 'input_tokens': estimate.input_tokens, 'output_tokens': estimate.output_tokens,
        'cost_usd': estimate.cost_usd,
    } -%}
    {%- for name, limit in task.limits.items() if planned[name] is not none -%}
        {%- do lines.append('limit ' ~ name ~ ' ' ~ limit ~ ': ' ~ (
            'fits' if planned[name] <= limit else 'a run stops there, and ' ~ ((limit * 100 / planned[name]) | int) ~ ' % of it is answered'
        )) -%}
    {%- endfor -%}
    {%- set budgets = dbt_llm._budgets(task.name) -%}
    {%- if budgets -%}
        {%- set spent = dbt_llm._spent(budgets) -%}
        {%- for budget in budgets if planned[budget.unit] is not none -%}
            {%- set left = [budget.cap - spent[budget.name], 0] | max -%}
            {%- do lines.append('budget ' ~ budget.name ~ ' ' ~ budget.cap ~ ': ' ~ (spent[budget.name] | round(4)) ~ ' spent; ' ~ (
                'fits' if planned[budget.unit] <= left else 'does not fit, the rest stays pending'
            )) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(lines) }}
{%- endmacro -%}

{# A time for a reader; a question mark where it is unknown. #}
{%- macro _format_duration(seconds) -%}
    {%- if seconds is none -%}
        {{ return('?') }}
    {%- elif seconds < 100 -%}
        {{ return(([seconds, 1] | max | round | int) ~ ' s') }}
    {%- elif seconds < 6000 -%}
        {{ return(((seconds / 60) | round | int) ~ ' min') }}
    {%- elif seconds < 172800 -%}
        {{ return((((seconds / 3600) | round | int) if seconds >= 36000 else ((seconds / 3600) | round(1))) ~ ' h') }}
    {%- endif -%}
    {{ return(dbt_llm._format_number(seconds / 86400) ~ ' days') }}
{%- endmacro -%}

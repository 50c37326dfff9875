{# The distinct pending requests of a task, numbered, in a table from which they are sent. #}

{# Write the distinct pending requests to the work table. Returns the counts of the input. #}
{%- macro _write_pending_requests(task, steps, work) -%}
    {%- do dbt_llm._write_work(task, steps, work) -%}
    {%- set counting -%}
{{ steps.input }},

llm_all_prompts as (
    select {{ dbt_llm._prompt_expression(task.prompt) }} as prompt
    from llm_input
)

select
    count(*) as input_rows,
    count(distinct case when prompt is not null then {{ dbt_llm.short_hash('prompt') }} end) as distinct_requests,
    (select count(*) from {{ work }}) as pending_requests,
    {{ dbt_llm._prompt_version(task) }} as prompt_version,
    count(prompt) as prompt_rows
from llm_all_prompts
    {%- endset -%}
    {%- set counts = run_query(counting).rows[0] -%}
    {%- set filtered = dbt_llm._count_filtered(steps) if task.get('filter') else {'rows': 0, 'requests': none} -%}
    {{ return({
        'input_rows': counts[0] | int,
        'distinct_requests': (counts[1] | int) - (filtered.requests or 0),
        'pending_requests': counts[2] | int,
        'prompt_version': counts[3],
        'prompt_rows': (counts[4] | int) - filtered.rows,
        'filtered_requests': filtered.requests,
    }) }}
{%- endmacro -%}

{#
    Write the distinct pending requests to the work table, in the order of their keys: the same order in every run, so
    that a limit cuts the same ones. What is in an open batch job is asked already.
#}
{%- macro _write_work(task, steps, work) -%}
    {%- do run_query('drop table if exists ' ~ work) -%}
    {%- do run_query(dbt_llm.create_work_table(work=work, query=dbt_llm._pending_query(task, steps))) -%}
{%- endmacro -%}

{# The distinct pending requests, numbered; with their round where the task has `repair`. #}
{%- macro _pending_query(task, steps) -%}
{%- set repairs = task.get('repair', 0) > 0 -%}
{{ steps.requests }}
{%- if task.get('avoided_batches') %}
, {{ dbt_llm._batched_requests(task.avoided_batches) }}
{%- endif %}
, llm_pending as (
    {% if repairs -%}
    {{ dbt_llm._pending_with_repairs(task) }}
    {%- else -%}
    select
        _dbt_llm_request_key as request_key,
        min(_dbt_llm_prompt) as prompt,
        max(coalesce(_dbt_llm_attempt, 0)) as attempt,
        max(coalesce(_dbt_llm_superseded, 0)) as superseded
    from llm_answered
    {%- endif %}
    where _dbt_llm_is_pending{{ ' and _dbt_llm_batch_reason is null' if task.get('batches') }}
        {{- '\n        and _dbt_llm_request_key not in (select request_key from llm_batched)' if task.get('avoided_batches') }}
    group by _dbt_llm_request_key
),

{{ dbt_llm._numbered_requests('llm_pending', columns=['in_round'] if repairs else []) }}
{%- endmacro -%}

{#
    A query that numbers the requests of `source` from 1 in the order of their keys. A window over all of them would be one
    task of a cluster; so one counts by the keys' first digits, which are even, and each share is numbered by itself. `columns`:
    those that it has beside a work table's.
#}
{%- macro _numbered_requests(source, columns=[]) -%}
llm_shares as (
    select
        substr(request_key, 1, 3) as share,
        count(*) as requests
    from {{ source }}
    group by substr(request_key, 1, 3)
),

llm_places as (
    select
        share,
        sum(requests) over (order by share) - requests as before
    from llm_shares
)

select
    llm_places.before + row_number() over (partition by llm_places.share order by {{ source }}.request_key) as n,
    {{ source }}.request_key,
    {{ source }}.prompt,
    {{ source }}.attempt,
    {{ source }}.superseded
    {%- for column in columns %},
    {{ source }}.{{ column }}
    {%- endfor %}
from {{ source }}
inner join llm_places on substr({{ source }}.request_key, 1, 3) = llm_places.share
{%- endmacro -%}

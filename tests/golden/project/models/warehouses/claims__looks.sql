{{ config(enabled=target.name != 'duckdb') }}
{#- The two looks of a run at what others have claimed, as one statement; a run writes its own claims between them. -#}
{%- set responses = ref('dbt_llm', 'dbt_llm__responses') -%}
{%- set claims = ref('dbt_llm', 'dbt_llm__claims') -%}
{%- if execute -%}
{%- set task = {'name': 'answer', 'claim_minutes': 60} -%}
with won as (
{{ dbt_llm._won_query(task, 'invocation', 'work', first=1, last=100) }}
),

part as (
{{ dbt_llm._claimed_query(task, 'invocation', 'won', responses) }}
)

select
    'part' as standing,
    part.request_key,
    part.prompt,
    part.attempt,
    part.superseded
from part
union all
select
    'held' as standing,
    left_to_others.*
from (
{{ dbt_llm._left_to_others_query('work', 'part', responses, first=1, last=100) }}
) as left_to_others
{%- endif %}

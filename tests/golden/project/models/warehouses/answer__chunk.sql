{{ config(enabled=target.name != 'duckdb') }}
{#- The two queries of a chunk, as one statement; a run puts a table between them. -#}
{%- if execute -%}
{%- set task = dbt_llm._inline_task(
    'answer',
    endpoint='fast',
    response_format={'has_pii': {'type': 'boolean'}, 'note': {'type': 'string', 'nullable': true, 'maxLength': 80}, 'kind': {'enum': ['a', 'b', none]}},
    model_parameters={'temperature': 0, 'max_tokens': 200},
) -%}
with staged as (
{{ dbt_llm.call_model_query(work='work', task=task, first=1, last=100) }}
)

select *
from (
{{ dbt_llm._classified_answers(stage='staged', task=task) }}
) as answers
{%- endif %}

{{ config(enabled=target.name != 'duckdb') }}
{#- The two queries of a chunk of embeddings, as one statement; a run puts a table between them. -#}
{%- if execute -%}
{%- set task = dbt_llm._merged(
    dbt_llm._inline_task('embed', endpoint='vectors', response_format=none, model_parameters={'output_dimensionality': 384} if target.name == 'bigquery' else {}),
    {'dimensions': 384}
) -%}
with staged as (
{{ dbt_llm.embed_query(work='work', task=task, first=1, last=100) }}
)

select *
from (
{{ dbt_llm._classified_answers(stage='staged', task=task) }}
) as answers
{%- endif %}

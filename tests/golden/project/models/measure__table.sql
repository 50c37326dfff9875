{#- What the post-hook of a task measures, without its insert. -#}
{%- if execute -%}
{%- set llm = graph.nodes['model.golden.enrich__table'].config.meta.llm -%}
{%- set task = dbt_llm._inline_task(
    'measure', endpoint='fast', response_format=llm.response_format, model_parameters=llm.model_parameters
) -%}
{%- do task.update({
    'name': "enrich__table", 'prompt': llm.prompt, 'response_format': llm.response_format, 'model_name': task.endpoint.model_name
}) -%}
{%- endif -%}
{%- set relation = ref("enrich__table") -%}
{%- set responses = ref('dbt_llm', 'dbt_llm__responses') -%}
{%- if execute -%}
{{ dbt_llm._distribution_query(relation=relation, responses=responses, task=task, runs=['first', 'second'], invocation='second') }}
{%- endif %}

{# What a task's model says: enrich() renders the query of its table and adds the hooks that pay and record. #}

{# Turn each row of `relation` into typed columns by the task in this model's config.meta.llm. #}
{%- macro enrich(relation) -%}
    {%- set responses = dbt_llm._responses_of_model() -%}
    {{ dbt_llm._add_hooks() }}
    {%- if not execute -%}
        {{ return('select * from ' ~ relation) }}
    {%- endif -%}
    {{ return(dbt_llm._task_query(relation=relation, responses=responses, task=dbt_llm._task('enrich'))) }}
{%- endmacro -%}

{#
    resolve() pays, before the table's own statement and outside a transaction where the adapter has them; the second
    hook, of the kind that every adapter runs, fails a run in which the first was skipped.
#}
{%- macro _add_hooks() -%}
    {{ config(
        pre_hook=[
            {'sql': '{{ dbt_llm.resolve() }}', 'transaction': dbt_llm.hooks_run_in_transaction()},
            {'sql': '{{ dbt_llm._assert_resolved() }}', 'transaction': true},
        ],
        post_hook=[
            {'sql': '{{ dbt_llm._record_quarantine() }}', 'transaction': true},
            {'sql': '{{ dbt_llm._record_review_sample() }}', 'transaction': true},
            {'sql': '{{ dbt_llm._record_distribution() }}', 'transaction': true},
        ],
    ) }}
{%- endmacro -%}

{# The task as the model's YAML states it. A dbt unit test, which cannot see its model's config, overrides this. #}
{%- macro task_config() -%}
    {{ return((config.get('meta') or {}).get('llm')) }}
{%- endmacro -%}

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

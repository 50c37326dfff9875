{#
    The hooks of a golden model, and in its meta what they need to know; the operation `evaluate` finds the golden models of a
    task by it.
#}
{%- macro _add_golden_hooks(options) -%}
    {{ config(
        meta={'llm_golden': options},
        pre_hook=[
            {'sql': '{{ dbt_llm._resolve_golden() }}', 'transaction': dbt_llm.hooks_run_in_transaction()},
            {'sql': '{{ dbt_llm._assert_resolved() }}', 'transaction': true},
        ],
        post_hook=[
            {'sql': '{{ dbt_llm._record_quarantine() }}', 'transaction': true},
            {'sql': '{{ dbt_llm._record_evaluation() }}', 'transaction': true},
        ],
    ) }}
{%- endmacro -%}

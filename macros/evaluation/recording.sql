{# What a golden model's run adds to the package's tables: its scores, and the results of single golden rows. #}

{#
    The post-hook of a golden model: what stands in quarantine, its scores of this run, and the results of its rows that are new, by which
    a later prompt version is compared with this one when this one's text is gone.
#}
{%- macro _record_evaluation() -%}
    {%- if dbt_llm._writes_rows() -%}
        {%- set was_inside = dbt_llm._leave_transaction_of_table() -%}
        {%- set quarantine = dbt_llm._record_quarantine() -%}
        {%- if quarantine | trim -%}
            {%- do run_query(quarantine) -%}
        {%- endif -%}
        {%- set golden = dbt_llm._golden_set() -%}
        {%- set labels = dbt_llm._array_labels(golden.columns) -%}
        {%- set name = dbt_llm._task_name() -%}
        {%- do dbt_llm._append_scores('dbt_llm__evaluations', name, golden.of, dbt_llm._scores(rows=this, array_labels=labels), [
            'kind', 'n', 'correct', 'accuracy', 'accuracy_low', 'accuracy_high', 'macro_f1', 'mean_jaccard', 'micro_precision',
            'micro_recall', 'micro_f1', 'mean_absolute_error', 'root_mean_square_error', 'null_share', 'quarantine_share',
            'unanswered', 'unusable_verdicts',
        ]) -%}
        {%- do dbt_llm._append_scores('dbt_llm__evaluation_labels', name, golden.of, dbt_llm._label_scores(rows=this, array_labels=labels), [
            'label', 'support', 'true_positives', 'false_positives', 'false_negatives', 'label_precision', 'label_recall', 'label_f1',
        ]) -%}
        {%- do dbt_llm._append_scores('dbt_llm__evaluation_confusion', name, golden.of, dbt_llm._confusion_matrix(rows=this), [
            'expected_label', 'answered_label', 'n',
        ]) -%}
        {%- do dbt_llm._append_evaluation_rows(name) -%}
        {%- do dbt_llm.enter_transaction(was_inside) -%}
    {%- endif -%}
{%- endmacro -%}

{# Append the scores of a golden model's run to one of the package's tables. #}
{%- macro _append_scores(table, golden_name, task, scores, columns) -%}
    {%- do run_query(
        'insert into ' ~ dbt_llm._package_relation(table)
        ~ '\n    (task, golden, candidate, prompt_version, model_name, column_name, ' ~ (columns | join(', '))
        ~ ', invocation_id, evaluated_at)\nselect\n    ' ~ dbt_llm.string_literal(task) ~ ',\n    '
        ~ dbt_llm.string_literal(golden_name) ~ ',\n    ' ~ (dbt_llm._score_key() | join(',\n    ')) ~ ',\n    '
        ~ (columns | join(',\n    ')) ~ ',\n    ' ~ dbt_llm.string_literal(invocation_id) ~ ',\n    ' ~ dbt_llm.current_utc()
        ~ '\nfrom (\n' ~ scores ~ '\n) as scores'
    ) -%}
{%- endmacro -%}

{# Append the results of this golden model's rows that differ from what is kept of them. #}
{%- macro _append_evaluation_rows(golden_name) -%}
    {%- set kept = dbt_llm._package_relation('dbt_llm__evaluation_rows') -%}
    {%- set nothing = dbt_llm.string_literal('') -%}
    {%- set fresh -%}
select
    fresh.task,
    {{ dbt_llm.string_literal(golden_name) }} as golden,
    fresh.candidate,
    fresh.llm_prompt_version as prompt_version,
    fresh.model_name,
    fresh.golden_key,
    fresh.golden_source,
    fresh.column_name,
    fresh.expected,
    fresh.answered,
    fresh.is_correct,
    fresh.deviation,
    fresh.llm_status as status,
    fresh.llm_reason as reason,
    fresh.llm_request_key as request_key,
    {{ dbt_llm.string_literal(invocation_id) }} as invocation_id,
    {{ dbt_llm.current_utc() }} as evaluated_at
from {{ this }} as fresh
left join (
{{ dbt_llm._latest_evaluation_rows(kept, golden_name) }}
) as kept
    on fresh.llm_prompt_version = kept.prompt_version
        and fresh.model_name = kept.model_name
        and fresh.golden_key = kept.golden_key
        and fresh.column_name = kept.column_name
        and fresh.llm_status = kept.status
        and fresh.is_correct = kept.is_correct
        and coalesce(fresh.expected, {{ nothing }}) = coalesce(kept.expected, {{ nothing }})
        and coalesce(fresh.answered, {{ nothing }}) = coalesce(kept.answered, {{ nothing }})
where fresh.llm_status not in ('pending', 'unusable')
    and kept.golden_key is null
    {%- endset -%}
    {%- do dbt_llm._append_apart(kept, [
        'task', 'golden', 'candidate', 'prompt_version', 'model_name', 'golden_key', 'golden_source', 'column_name', 'expected',
        'answered', 'is_correct', 'deviation', 'status', 'reason', 'request_key', 'invocation_id', 'evaluated_at',
    ], fresh, suffix='results') -%}
{%- endmacro -%}

{# A query: the latest result of each golden row of a golden model, by prompt version, language model and column. #}
{%- macro _latest_evaluation_rows(evaluation_rows, golden_name) -%}
select *
from (
    select
        *,
        row_number() over (
            partition by prompt_version, model_name, golden_key, column_name
            order by evaluated_at desc
        ) as newest_first
    from {{ evaluation_rows }}
    where golden = {{ dbt_llm.string_literal(golden_name) }}
) as every_result
where newest_first = 1
{%- endmacro -%}

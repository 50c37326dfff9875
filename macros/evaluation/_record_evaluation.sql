{#
    The post-hook of a golden model: its scores of this run, and the results of its rows that are new, by which a later prompt
    version is compared with this one when this one's text is gone.
#}
{%- macro _record_evaluation() -%}
    {%- if dbt_llm._writes_rows() -%}
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
        {%- do dbt_llm._append_scores('dbt_llm__evaluation_confusion', name, golden.of, dbt_llm._confusion(rows=this), [
            'expected_label', 'answered_label', 'n',
        ]) -%}
{{ dbt_llm._append_evaluation_rows(name) }}
    {%- endif -%}
{%- endmacro -%}

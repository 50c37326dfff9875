{# A query: precision, recall and F1 of each label, with the counts that they are made of. #}
{%- macro _label_scores(rows, array_labels) -%}
    {%- set scored = dbt_llm._scored_columns() -%}
select
    {{ scored | join(',\n    ') }},
    label,
    true_positives + false_negatives as support,
    true_positives,
    false_positives,
    false_negatives,
    {{ dbt_llm._quotient('true_positives', '(true_positives + false_positives)') }} as label_precision,
    {{ dbt_llm._quotient('true_positives', '(true_positives + false_negatives)') }} as label_recall,
    {{ dbt_llm._quotient('2 * true_positives', '(2 * true_positives + false_positives + false_negatives)') }} as label_f1
from (
    select
        {{ scored | join(',\n        ') }},
        label,
        sum(is_expected * is_answered) as true_positives,
        sum((1 - is_expected) * is_answered) as false_positives,
        sum(is_expected * (1 - is_answered)) as false_negatives
    from (
{{ dbt_llm._label_judgements(rows=rows, array_labels=array_labels) }}
    ) as judgements
    group by {{ scored | join(', ') }}, label
) as label_counts
{%- endmacro -%}

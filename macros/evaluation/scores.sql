{# The scores of a golden model's table, by candidate and column, and by label. #}

{#
    A query: how each candidate did on each column. n counts the golden rows that have a final answer, those in quarantine too,
    which are wrong; what waits for an answer, and verdicts that cannot count, are counted beside.
#}
{%- macro _scores(rows, array_labels) -%}
    {%- set score_key = dbt_llm._score_key() -%}
    {%- set same = [] -%}
    {%- for column in score_key -%}
        {%- do same.append('totals.' ~ column ~ ' = macro_scores.' ~ column) -%}
    {%- endfor -%}
    {%- set is_counted = "llm_status not in ('pending', 'unusable')" -%}
    {%- set union_size = '(expected_size + coalesce(answered_size, 0) - coalesce(common_size, 0))' -%}
    {%- set jaccard = 'case when ' ~ is_counted ~ " and kind = 'array' then case when llm_status != 'succeeded' or answered is null then 0.0 when "
        ~ union_size ~ ' = 0 then 1.0 else ' ~ dbt_llm._safe_divide('common_size', union_size) ~ ' end end' -%}
with

totals as (
    select
        {{ score_key | join(',\n        ') }},
        max(kind) as kind,
        sum(case when {{ is_counted }} then 1 else 0 end) as n,
        sum(case when is_correct then 1 else 0 end) as correct,
        avg({{ jaccard }}) as mean_jaccard,
        sum(case when kind = 'array' and {{ is_counted }} then coalesce(common_size, 0) end) as common_size,
        sum(case when kind = 'array' and {{ is_counted }} then coalesce(answered_size, 0) end) as answered_size,
        sum(case when kind = 'array' and {{ is_counted }} then expected_size end) as expected_size,
        avg(abs(deviation)) as mean_absolute_error,
        sqrt(avg(deviation * deviation)) as root_mean_square_error,
        sum(case when llm_status = 'succeeded' and answered is null then 1 else 0 end) as null_count,
        sum(case when llm_status = 'quarantined' then 1 else 0 end) as quarantine_count,
        sum(case when llm_status = 'pending' then 1 else 0 end) as unanswered,
        sum(case when llm_status = 'unusable' then 1 else 0 end) as unusable_verdicts
    from {{ rows }}
    group by {{ score_key | join(', ') }}
),

macro_scores as (
    select
        {{ score_key | join(',\n        ') }},
        avg(label_f1) as macro_f1
    from (
{{ dbt_llm._label_scores(rows=rows, array_labels=array_labels) }}
    ) as label_scores
    group by {{ score_key | join(', ') }}
)

select
    {%- for column in score_key %}
    totals.{{ column }},
    {%- endfor %}
    totals.kind,
    totals.n,
    totals.correct,
    {{ dbt_llm._safe_divide('totals.correct', 'totals.n') }} as accuracy,
    {{ dbt_llm._wilson_bound('totals.correct', 'totals.n', 'low') }} as accuracy_low,
    {{ dbt_llm._wilson_bound('totals.correct', 'totals.n', 'high') }} as accuracy_high,
    macro_scores.macro_f1,
    totals.mean_jaccard,
    {{ dbt_llm._safe_divide('totals.common_size', 'totals.answered_size') }} as micro_precision,
    {{ dbt_llm._safe_divide('totals.common_size', 'totals.expected_size') }} as micro_recall,
    {{ dbt_llm._safe_divide('2 * totals.common_size', '(totals.answered_size + totals.expected_size)') }} as micro_f1,
    totals.mean_absolute_error,
    totals.root_mean_square_error,
    {{ dbt_llm._safe_divide('totals.null_count', 'totals.n') }} as null_share,
    {{ dbt_llm._safe_divide('totals.quarantine_count', 'totals.n') }} as quarantine_share,
    totals.unanswered,
    totals.unusable_verdicts
from totals
left join macro_scores
    on {{ same | join('\n        and ') }}
{%- endmacro -%}

{# A query: precision, recall and F1 of each label, with the counts that they are made of. #}
{%- macro _label_scores(rows, array_labels) -%}
    {%- set score_key = dbt_llm._score_key() -%}
select
    {{ score_key | join(',\n    ') }},
    label,
    true_positives + false_negatives as support,
    true_positives,
    false_positives,
    false_negatives,
    {{ dbt_llm._safe_divide('true_positives', '(true_positives + false_positives)') }} as label_precision,
    {{ dbt_llm._safe_divide('true_positives', '(true_positives + false_negatives)') }} as label_recall,
    {{ dbt_llm._safe_divide('2 * true_positives', '(2 * true_positives + false_positives + false_negatives)') }} as label_f1
from (
    select
        {{ score_key | join(',\n        ') }},
        label,
        sum(is_expected * is_answered) as true_positives,
        sum((1 - is_expected) * is_answered) as false_positives,
        sum(is_expected * (1 - is_answered)) as false_negatives
    from (
{{ dbt_llm._label_judgements(rows=rows, array_labels=array_labels) }}
    ) as judgements
    group by {{ score_key | join(', ') }}, label
) as label_counts
{%- endmacro -%}

{#
    A query: for each answered golden row and each label, was it expected, and was it answered? A row of a label column has every
    label that is expected or answered anywhere in the column; one of an array, the labels of `array_labels`, {column: [labels]}.
    A quarantined row has an expected label and no answered one.
#}
{%- macro _label_judgements(rows, array_labels) -%}
    {%- set score_key = dbt_llm._score_key() -%}
    {%- set per = score_key | join(',\n            ') -%}
    {%- set same = [] -%}
    {%- for column in score_key -%}
        {%- do same.append('judged.' ~ column ~ ' = labels.' ~ column) -%}
    {%- endfor -%}
    {%- set expected_label = "coalesce(expected, '<null>')" -%}
    {%- set answered_label = "case when llm_status = 'succeeded' then coalesce(answered, '<null>') end" -%}
select
    {%- for column in score_key %}
    judged.{{ column }},
    {%- endfor %}
    labels.label,
    case when judged.expected_label = labels.label then 1 else 0 end as is_expected,
    case when judged.answered_label = labels.label then 1 else 0 end as is_answered
from (
    select
        {{ score_key | join(',\n        ') }},
        {{ expected_label }} as expected_label,
        {{ answered_label }} as answered_label
    from {{ rows }}
    where kind = 'label' and llm_status != 'pending'
) as judged
inner join (
    select distinct
        {{ score_key | join(',\n        ') }},
        label
    from (
        select
            {{ per }},
            {{ expected_label }} as label
        from {{ rows }}
        where kind = 'label' and llm_status != 'pending'
        union all
        select
            {{ per }},
            {{ answered_label }} as label
        from {{ rows }}
        where kind = 'label' and llm_status != 'pending'
    ) as every_label
    where label is not null
) as labels
    on {{ same | join('\n        and ') }}
{%- for name, labels in array_labels.items() %}
{%- for label in labels %}
union all
select
    {{ score_key | join(',\n    ') }},
    {{ dbt_llm.string_literal(label) }} as label,
    {%- for side in ['expected', 'answered'] %}
    {%- set has = dbt_llm.json_any_element(
        dbt_llm.parse_json(side), 'element', dbt_llm.json_text('element') ~ ' = ' ~ dbt_llm.string_literal(label)
    ) %}
    case when {{ has }} then 1 else 0 end as is_{{ side }}{{ ',' if side == 'expected' }}
    {%- endfor %}
from {{ rows }}
where column_name = {{ dbt_llm.string_literal(name) }} and kind = 'array' and llm_status != 'pending'
{%- endfor %}
{%- endfor %}
{%- endmacro -%}

{# A query: how often each answered label stood where each expected one should; a row without an answer by its status. #}
{%- macro _confusion_matrix(rows) -%}
    {%- set score_key = dbt_llm._score_key() -%}
select
    {{ score_key | join(',\n    ') }},
    expected_label,
    answered_label,
    count(*) as n
from (
    select
        {{ score_key | join(',\n        ') }},
        coalesce(expected, '<null>') as expected_label,
        case
            when llm_status != 'succeeded' then {{ dbt_llm.concat_text(["'<'", 'llm_status', "'>'"]) }}
            when answered is null then '<null>'
            else answered
        end as answered_label
    from {{ rows }}
    where kind = 'label' and llm_status != 'pending'
) as labelled
group by {{ score_key | join(', ') }}, expected_label, answered_label
{%- endmacro -%}

{# What a score is of: a column of a candidate, which is a prompt version and a language model. #}
{%- macro _score_key() -%}
    {{ return(['candidate', 'llm_prompt_version', 'model_name', 'column_name']) }}
{%- endmacro -%}

{# The labels of the evaluated arrays whose items are labels: {column: [labels]}. #}
{%- macro _array_labels(columns) -%}
    {%- set labels = {} -%}
    {%- for name, column in columns.items() if column.kind == 'array' and column.labels -%}
        {%- do labels.update({name: column.labels}) -%}
    {%- endfor -%}
    {{ return(labels) }}
{%- endmacro -%}

{# A quotient as a double, NULL where there is nothing to divide by. #}
{%- macro _safe_divide(numerator, denominator) -%}
    {{ return('cast(' ~ numerator ~ ' as ' ~ dbt_llm.column_type({'type': 'number'}) ~ ') / nullif(' ~ denominator ~ ', 0)') }}
{%- endmacro -%}

{# Where a golden model's answers fall short of what the test agrees_with_golden_set demands of them. #}

{#
    What the test agrees_with_golden_set finds wrong, as rows: what was not met, then the worst golden rows. No rows where all is
    well. `min_f1` is {label: F1}; `not_worse_than` an accepted prompt version, whose results are among `evaluation_rows`.
#}
{%- macro _agreement_query(
    rows, column, min_accuracy, min_f1, not_worse_than, significance, worst, golden_name, evaluation_rows
) -%}
    {%- set text = dbt_llm.column_type({'type': 'string'}) -%}
    {%- set whole = dbt_llm.column_type({'type': 'integer'}) -%}
    {%- set answer = "dbt build --select " ~ golden_name -%}
with

judged as (
    select *
    from {{ rows }}
    where candidate = 'current'
        and column_name = {{ dbt_llm.string_literal(column) }}
        and llm_status != 'unusable'
),

totals as (
    select
        count(*) as row_count,
        cast(coalesce(sum(case when llm_status = 'pending' then 1 else 0 end), 0) as {{ whole }}) as unanswered,
        cast(coalesce(sum(case when is_correct then 1 else 0 end), 0) as {{ whole }}) as correct,
        cast(coalesce(sum(case when llm_status != 'pending' then 1 else 0 end), 0) as {{ whole }}) as n
    from judged
),

{% for label in min_f1 or {} -%}
{%- set literal = dbt_llm.string_literal(label | string) -%}
{%- set has = {} -%}
{%- for side in ['expected', 'answered'] -%}
    {%- set in_array = dbt_llm.json_any_element(dbt_llm.parse_json(side), 'element', dbt_llm.json_text('element') ~ ' = ' ~ literal) -%}
    {%- do has.update({side: "case when kind = 'array' then " ~ in_array ~ " else " ~ side ~ ' = ' ~ literal ~ ' end'}) -%}
{%- endfor -%}
label_{{ loop.index }} as (
    select
        sum(case when is_expected and is_answered then 1 else 0 end) as hits,
        sum(case when is_expected then 1 else 0 end) + sum(case when is_answered then 1 else 0 end) as sides
    from (
        select
            coalesce({{ has.expected }}, false) as is_expected,
            coalesce({{ has.answered }}, false) as is_answered
        from judged
        where llm_status != 'pending'
    ) as label_rows
),

{% endfor -%}
{%- if not_worse_than is not none -%}
accepted as (
{{ dbt_llm._latest_evaluation_rows(evaluation_rows, golden_name) }}
),

accepted_versions as (
    select
        model_name,
        row_number() over (order by max(evaluated_at) desc, model_name asc) as newest_first
    from accepted
    where prompt_version = {{ dbt_llm.string_literal(not_worse_than) }}
        and column_name = {{ dbt_llm.string_literal(column) }}
    group by model_name
),

pairs as (
    select
        judged.golden_key,
        case when judged.is_correct then 1 else 0 end as right_now,
        case when accepted.is_correct then 1 else 0 end as right_then
    from judged
    inner join accepted
        on judged.golden_key = accepted.golden_key
            and judged.column_name = accepted.column_name
            and coalesce(judged.expected, '') = coalesce(accepted.expected, '')
    inner join accepted_versions
        on accepted.model_name = accepted_versions.model_name
            and accepted_versions.newest_first = 1
    where accepted.prompt_version = {{ dbt_llm.string_literal(not_worse_than) }}
        and judged.llm_status != 'pending'
),

{{ dbt_llm._mcnemar_ctes() }},

{% endif -%}
violations as (
    select 'no golden row has an expected value of this column; run: {{ answer }}' as violation
    from totals
    where row_count = 0
    union all
    select
        {{ dbt_llm.concat_text([
            dbt_llm.text_of('unanswered'), dbt_llm.string_literal(' of '), dbt_llm.text_of('row_count'),
            dbt_llm.string_literal(' golden rows have no answer; run: ' ~ answer),
        ]) }} as violation
    from totals
    where unanswered > 0
    union all
    select
        {{ dbt_llm.concat_text([
            dbt_llm.string_literal('accuracy '), dbt_llm._rounded_text(dbt_llm._safe_divide('correct', 'n')), dbt_llm.string_literal(' ('),
            dbt_llm.text_of('correct'), dbt_llm.string_literal(' of '), dbt_llm.text_of('n'), dbt_llm.string_literal(' right; 95 % interval '),
            dbt_llm._rounded_text(dbt_llm._wilson_bound('correct', 'n', 'low')), dbt_llm.string_literal(' to '),
            dbt_llm._rounded_text(dbt_llm._wilson_bound('correct', 'n', 'high')), dbt_llm.string_literal('); expected at least ' ~ min_accuracy),
        ]) }} as violation
    from totals
    where n > 0 and {{ dbt_llm._safe_divide('correct', 'n') }} < {{ min_accuracy }}
    {%- for label, minimum in (min_f1 or {}).items() %}
    union all
    select
        {{ dbt_llm.concat_text([
            dbt_llm.string_literal("F1 of '" ~ label ~ "' "),
            "coalesce(" ~ dbt_llm._rounded_text(dbt_llm._safe_divide('2 * hits', 'sides')) ~ ", 'not known, for it is neither expected nor answered')",
            dbt_llm.string_literal('; expected at least ' ~ minimum),
        ]) }} as violation
    from label_{{ loop.index }}
    where coalesce({{ dbt_llm._safe_divide('2 * hits', 'sides') }}, -1) < {{ minimum }}
    {%- endfor %}
    {%- if not_worse_than is not none %}
    union all
    select
        {{ dbt_llm.concat_text([
            dbt_llm.string_literal('worse than prompt version ' ~ not_worse_than ~ ' on the same golden rows: '), dbt_llm.text_of('worse'),
            dbt_llm.string_literal(' rows lost, '), dbt_llm.text_of('better'), dbt_llm.string_literal(' won, McNemar mid-p '),
            dbt_llm._rounded_text('p_worse'), dbt_llm.string_literal('; expected at least ' ~ significance),
        ]) }} as violation
    from paired
    where n > 0 and p_worse < {{ significance }}
    union all
    select 'there are no results of prompt version {{ not_worse_than }} on these golden rows to be held against' as violation
    from paired
    where n = 0
    {%- endif %}
),

wrong as (
    select
        golden_key,
        expected,
        coalesce(answered, {{ dbt_llm.concat_text(["'<'", 'llm_status', "'>'"]) }}) as answered,
        llm_reason,
        case
            when llm_status != 'succeeded' then 1
            when kind = 'array' then 1 - {{ dbt_llm._safe_divide('common_size', '(expected_size + answered_size - common_size)') }}
            else coalesce(abs(deviation), 1)
        end as distance
    from judged
    where not coalesce(is_correct, false)
        and (select count(*) from violations) > 0
),

worst as (
    select
        *,
        row_number() over (order by distance desc, golden_key asc) as place
    from wrong
)

select
    0 as place,
    violation,
    cast(null as {{ text }}) as golden_key,
    cast(null as {{ text }}) as expected,
    cast(null as {{ text }}) as answered,
    cast(null as {{ text }}) as reason
from violations
union all
select
    place,
    'wrong' as violation,
    golden_key,
    expected,
    answered,
    llm_reason as reason
from worst
where place <= {{ worst }}
{%- endmacro -%}

{# A number as a text with at most four decimals. #}
{%- macro _rounded_text(expression) -%}
    {{ return(dbt_llm.text_of('round(' ~ expression ~ ', 4)')) }}
{%- endmacro -%}

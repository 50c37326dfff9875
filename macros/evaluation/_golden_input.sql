{#
    The rows that a candidate is asked about, as a subquery: the golden set's and the reviewers'. The columns of the prompt are
    texts, as the prompt would cast them, so that the request is the task's own; so are the expected values.
#}
{%- macro _golden_input(relation, sample, verdicts, golden, task) -%}
    {%- set marker = dbt_llm._golden_markers().golden_set -%}
    {%- set names = dbt_llm._template_columns(task.prompt) -%}
    {%- set key = [] -%}
    {%- for column in golden.key -%}
        {%- do key.append(dbt_llm.text_of(column)) -%}
        {%- if not loop.last -%}
            {%- do key.append(dbt_llm.string_literal('|')) -%}
        {%- endif -%}
    {%- endfor -%}
(
    select
        {{ dbt_llm.concat_text(key) }} as golden_key,
        'golden' as golden_source
        {%- for name in names %},
        {{ dbt_llm.text_of(dbt_llm.column_name(name)) }} as {{ dbt_llm.column_name(name) }}
        {%- endfor %}
        {%- for name, column in golden.columns.items() %},
        {%- set expected = dbt_llm.text_of('expected_' ~ name) %}
        {{ 'lower(' ~ expected ~ ')' if column.labels == ['true', 'false'] and column.kind == 'label' else expected }} as expected_{{ name }},
        {{ 'true' if column.may_be_null else 'expected_' ~ name ~ ' is not null' }} as has_expected_{{ name }}
        {%- endfor %}
    from {{ marker }} {{ relation }} {{ marker }}
    {%- if verdicts is not none %}
    union all
    select
        request_key as golden_key,
        'verdict' as golden_source
        {%- for name in names %},
        {{ dbt_llm.json_text(dbt_llm.json_member(dbt_llm.parse_json('max(input)'), name | lower)) }} as {{ dbt_llm.column_name(name) }}
        {%- endfor %}
        {%- for name, column in golden.columns.items() %},
        max(case when column_name = {{ dbt_llm.string_literal(name) }} then expected end) as expected_{{ name }},
        max(case when column_name = {{ dbt_llm.string_literal(name) }} then 1 else 0 end) = 1 as has_expected_{{ name }}
        {%- endfor %}
    from (
    {{ dbt_llm._judged_verdicts(sample=sample, verdicts=verdicts, golden=golden, task=task) }}
    ) as judged
    where unusable_because is null
    group by request_key
    {%- endif %}
) as golden_rows
{%- endmacro -%}

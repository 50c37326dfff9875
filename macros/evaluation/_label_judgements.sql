{#
    A query: for each answered golden row and each label, was it expected, and was it answered? A row of a label column has every
    label that is expected or answered anywhere in the column; one of an array, the labels of `array_labels`, {column: [labels]}.
    A quarantined row has an expected label and no answered one.
#}
{%- macro _label_judgements(rows, array_labels) -%}
    {%- set scored = dbt_llm._scored_columns() -%}
    {%- set per = scored | join(',\n            ') -%}
    {%- set same = [] -%}
    {%- for column in scored -%}
        {%- do same.append('judged.' ~ column ~ ' = labels.' ~ column) -%}
    {%- endfor -%}
    {%- set expected_label = "coalesce(expected, '<null>')" -%}
    {%- set answered_label = "case when llm_status = 'succeeded' then coalesce(answered, '<null>') end" -%}
select
    {%- for column in scored %}
    judged.{{ column }},
    {%- endfor %}
    labels.label,
    case when judged.expected_label = labels.label then 1 else 0 end as is_expected,
    case when judged.answered_label = labels.label then 1 else 0 end as is_answered
from (
    select
        {{ scored | join(',\n        ') }},
        {{ expected_label }} as expected_label,
        {{ answered_label }} as answered_label
    from {{ rows }}
    where kind = 'label' and llm_status != 'pending'
) as judged
inner join (
    select distinct
        {{ scored | join(',\n        ') }},
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
    {{ scored | join(',\n    ') }},
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

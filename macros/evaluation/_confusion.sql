{# A query: how often each answered label stood where each expected one should; a row without an answer by its status. #}
{%- macro _confusion(rows) -%}
    {%- set scored = dbt_llm._scored_columns() -%}
select
    {{ scored | join(',\n    ') }},
    expected_label,
    answered_label,
    count(*) as n
from (
    select
        {{ scored | join(',\n        ') }},
        coalesce(expected, '<null>') as expected_label,
        case
            when llm_status != 'succeeded' then {{ dbt_llm.concat_text(["'<'", 'llm_status', "'>'"]) }}
            when answered is null then '<null>'
            else answered
        end as answered_label
    from {{ rows }}
    where kind = 'label' and llm_status != 'pending'
) as labelled
group by {{ scored | join(', ') }}, expected_label, answered_label
{%- endmacro -%}

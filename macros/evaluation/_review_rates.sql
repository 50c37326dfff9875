{#
    What share of a task's requests people look at, from meta.llm.review_rate: {'all', 'quarantined', 'low_confidence': rate,
    'column', 'below'}.
#}
{%- macro _review_rates(review_rate) -%}
    {%- set usual = var('dbt_llm_review_rate', 0.01) -%}
    {%- set stated = review_rate if review_rate is mapping else {'all': review_rate if review_rate is number else usual} -%}
    {%- set low = stated.get('low_confidence') or {} -%}
    {{ return({
        'all': stated.get('all', usual),
        'quarantined': stated.get('quarantined', 0),
        'low_confidence': low.get('rate', 0),
        'column': low.get('column'),
        'below': low.get('below'),
    }) }}
{%- endmacro -%}

{#
    How many standard deviations of sampling noise a mean is from its baseline's, by the spread of the single values of
    both. Where no value ever differed from another, a mean that did move has no noise that could explain it.
#}
{%- macro _mean_distance() -%}
    {{ return(
        'case\n                when single_deviation > 0 then '
        ~ dbt_llm._normal_deviate(
            'abs(value - baseline_value) / (single_deviation * sqrt(1 / answers + 1 / baseline_answers))',
            'greatest(baseline_answers + answers - runs - 1, 1)'
        )
        ~ '\n                else 40\n            end'
    ) }}
{%- endmacro -%}

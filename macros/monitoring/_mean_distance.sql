{#
    How many standard deviations of sampling noise a mean is from its baseline's, by the spread of the single values of
    both; for `single_deviation > 0`.
#}
{%- macro _mean_distance() -%}
    {{ return(dbt_llm._normal_deviate(
        'abs(value - baseline_value) / (single_deviation * sqrt(1 / answers + 1 / baseline_answers))',
        'greatest(baseline_answers + answers - runs - 1, 1)'
    )) }}
{%- endmacro -%}

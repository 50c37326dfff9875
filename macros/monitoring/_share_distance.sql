{#
    How many standard deviations of sampling noise a share is from its baseline's: the noise of this run's answers and of
    the baseline's. Half an answer is taken off the difference, as counts are whole (Yates).
#}
{%- macro _share_distance() -%}
    {%- set count = 'value * answers' -%}
    {%- set expected = 'baseline_value * answers' -%}
    {%- set nearer = 'case when value > baseline_value then greatest(' ~ count ~ ' - 0.5, ' ~ expected ~ ') else least('
        ~ count ~ ' + 0.5, ' ~ expected ~ ') end' -%}
    {{ return(
        'abs(' ~ dbt_llm._arcsine(nearer, 'answers') ~ '\n                - '
        ~ dbt_llm._arcsine('baseline_value * baseline_answers', 'baseline_answers')
        ~ ')\n                / sqrt(1 / (4 * answers + 2) + 1 / (4 * baseline_answers + 2))'
    ) }}
{%- endmacro -%}

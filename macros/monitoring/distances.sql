{# How far a statistic is from its baseline, in standard deviations. #}

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

{#
    A share on the scale on which its noise is nearly the same wherever it lies, of variance 1 / (4n + 2): Anscombe's
    arcsine (Biometrika 35, 1948). On the plain scale the normal law is wrong for a label that is rare.
#}
{%- macro _arcsine(count, total) -%}
    {{ return('asin(sqrt((' ~ count ~ ' + 0.375) / (' ~ total ~ ' + 0.75)))') }}
{%- endmacro -%}

{#
    A value of Student's t as the standard deviations of a normal law that are as rare: a spread that is known from a few
    runs only is little known. Wallace, Annals of Mathematical Statistics 30, 1959.
#}
{%- macro _normal_deviate(t, degrees) -%}
    {%- set df = '(' ~ degrees ~ ')' -%}
    {{ return(
        '(8.0 * ' ~ df ~ ' + 1) / (8.0 * ' ~ df ~ ' + 3) * sqrt(' ~ df ~ ' * ln(1 + power(' ~ t ~ ', 2) / ' ~ df ~ '))'
    ) }}
{%- endmacro -%}

{#
    The logarithm of the tail of the normal law beyond z: Börjesson and Sundberg (IEEE Transactions on Communications 27,
    1979), within 0.3 % for every z. As a logarithm it has no underflow, and to compare m statistics at once (Bonferroni) adds ln(m).
#}
{%- macro _tail_logarithm(z) -%}
    {{ return(
        '-0.918938533 - power(' ~ z ~ ', 2) / 2 - ln(0.661 * ' ~ z ~ ' + 0.339 * sqrt(power(' ~ z ~ ', 2) + 5.51))'
    ) }}
{%- endmacro -%}

{#
    The standard deviations beyond which the normal law has a tail p, from t = sqrt(-2 ln p): Abramowitz and Stegun, 26.2.23,
    within 0.0005.
#}
{%- macro _deviations_of_tail(t) -%}
    {{ return(
        'greatest(\n            ' ~ t ~ ' - (2.515517 + 0.802853 * ' ~ t ~ ' + 0.010328 * power(' ~ t ~ ', 2))\n            / (1 + 1.432788 * ' ~ t
        ~ ' + 0.189269 * power(' ~ t ~ ', 2) + 0.001308 * power(' ~ t ~ ', 3)),\n            0\n        )'
    ) }}
{%- endmacro -%}

{# Fewer answers than this have no mean that could be compared: the normal law of means needs some. #}
{%- macro _fewest_requests() -%}
    {{ return(30) }}
{%- endmacro -%}

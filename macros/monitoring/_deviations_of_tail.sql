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

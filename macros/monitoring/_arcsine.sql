{#
    A share on the scale on which its noise is nearly the same wherever it lies, of variance 1 / (4n + 2): Anscombe's
    arcsine (Biometrika 35, 1948). On the plain scale the normal law is wrong for a label that is rare.
#}
{%- macro _arcsine(count, total) -%}
    {{ return('asin(sqrt((' ~ count ~ ' + 0.375) / (' ~ total ~ ' + 0.75)))') }}
{%- endmacro -%}

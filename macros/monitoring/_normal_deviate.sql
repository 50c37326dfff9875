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

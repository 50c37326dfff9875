{#
    The logarithm of the tail of the normal law beyond z: Börjesson and Sundberg (IEEE Transactions on Communications 27,
    1979), within 0.3 % for every z. As a logarithm it has no underflow, and to compare m statistics at once (Bonferroni) adds ln(m).
#}
{%- macro _tail_logarithm(z) -%}
    {{ return(
        '-0.918938533 - power(' ~ z ~ ', 2) / 2 - ln(0.661 * ' ~ z ~ ' + 0.339 * sqrt(power(' ~ z ~ ', 2) + 5.51))'
    ) }}
{%- endmacro -%}

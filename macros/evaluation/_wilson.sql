{#
    A bound of Wilson's 95 % score interval for a share: 'low' or 'high'. Unlike the textbook's it holds for a few rows and near 0
    and 1 (Wilson 1927).
#}
{%- macro _wilson(correct, n, bound) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set share = '(' ~ dbt_llm._quotient(correct, n) ~ ')' -%}
    {%- set middle = share ~ ' + ' ~ (z * z / 2) ~ ' / nullif(' ~ n ~ ', 0)' -%}
    {%- set half = z ~ ' * sqrt((' ~ share ~ ' * (1 - ' ~ share ~ ') + ' ~ (z * z / 4) ~ ' / nullif(' ~ n ~ ', 0)) / nullif(' ~ n ~ ', 0))' -%}
    {%- set bounded = '(' ~ middle ~ (' - ' if bound == 'low' else ' + ') ~ half ~ ') / (1 + ' ~ (z * z) ~ ' / nullif(' ~ n ~ ', 0))' -%}
    {#- Some engines' greatest() passes over a NULL. -#}
    {{ return('case when ' ~ n ~ ' > 0 then ' ~ ('greatest(0, ' if bound == 'low' else 'least(1, ') ~ bounded ~ ') end') }}
{%- endmacro -%}

{# How sure a score is: the interval of a share, and the paired test of two versions on the same rows. #}

{#
    A bound of Wilson's 95 % score interval for a share: 'low' or 'high'. Unlike the textbook's it holds for a few rows and near 0
    and 1 (Wilson 1927).
#}
{%- macro _wilson_bound(correct, n, bound) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set share = '(' ~ dbt_llm._safe_divide(correct, n) ~ ')' -%}
    {%- set middle = share ~ ' + ' ~ (z * z / 2) ~ ' / nullif(' ~ n ~ ', 0)' -%}
    {%- set half = z ~ ' * sqrt((' ~ share ~ ' * (1 - ' ~ share ~ ') + ' ~ (z * z / 4) ~ ' / nullif(' ~ n ~ ', 0)) / nullif(' ~ n ~ ', 0))' -%}
    {%- set bounded = '(' ~ middle ~ (' - ' if bound == 'low' else ' + ') ~ half ~ ') / (1 + ' ~ (z * z) ~ ' / nullif(' ~ n ~ ', 0))' -%}
    {#- Some engines' greatest() passes over a NULL. -#}
    {{ return('case when ' ~ n ~ ' > 0 then ' ~ ('greatest(0, ' if bound == 'low' else 'least(1, ') ~ bounded ~ ') end') }}
{%- endmacro -%}

{#
    CTEs, from `pairs` (one row for each golden row that two versions were judged on, with right_now and right_then as 0 or 1) to
    `paired`: worse (right then, wrong now), better (the other way round), and p_worse, McNemar's one-sided mid-p: how likely a
    version that is no worse would be to lose at least so many. mid-p, because the exact test is needlessly blind with few
    discordant pairs (Fagerland, Lydersen, Laake 2013). Its binomial tail is a running sum of logarithms over the pairs' numbers.
#}
{%- macro _mcnemar_ctes() -%}
    {%- set whole = dbt_llm.column_type({'type': 'integer'}) -%}
    {%- set double = dbt_llm.column_type({'type': 'number'}) -%}
discordant as (
    select
        cast(coalesce(sum(right_then * (1 - right_now)), 0) as {{ whole }}) as worse,
        cast(coalesce(sum(right_now * (1 - right_then)), 0) as {{ whole }}) as better,
        count(*) as n
    from pairs
),

numbered as (
    select row_number() over (order by golden_key) as i
    from pairs
),

log_terms as (
    select
        numbered.i,
        discordant.better,
        (discordant.worse + discordant.better) * 0.6931471805599453 as log_all,
        sum(ln(cast(discordant.worse + discordant.better - numbered.i + 1 as {{ double }}) / numbered.i)) over (order by numbered.i) as log_ways
    from numbered
    inner join discordant on numbered.i <= discordant.better
),

tail as (
    select coalesce(sum(exp(log_ways - log_all) * case when i = better then 0.5 else 1.0 end), 0.0) as probability
    from log_terms
),

paired as (
    select
        discordant.worse,
        discordant.better,
        discordant.n,
        exp(-0.6931471805599453 * (discordant.worse + discordant.better)) * case when discordant.better = 0 then 0.5 else 1.0 end
            + tail.probability as p_worse
    from discordant
    cross join tail
)
{%- endmacro -%}

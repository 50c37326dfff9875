{# US dollars for a reader: two decimals, four where it is less than ten cents, a question mark where it is unknown. #}
{%- macro _usd(amount) -%}
    {%- if amount is none -%}
        {{ return('?') }}
    {%- elif amount > 0 and amount < 0.00005 -%}
        {{ return('< 0.0001') }}
    {%- endif -%}
    {%- set decimals = 4 if amount > 0 and amount < 0.1 else 2 -%}
    {%- set unit = 10000 if decimals == 4 else 100 -%}
    {%- set all = (amount * unit) | round | int -%}
    {%- set fraction = '0000' ~ (all % unit) -%}
    {{ return(dbt_llm._grouped(all // unit) ~ '.' ~ fraction[(fraction | length) - decimals:]) }}
{%- endmacro -%}

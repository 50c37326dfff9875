{%- macro utc_date(timestamp_expression) -%}
    {{ return(adapter.dispatch('utc_date', 'dbt_llm')(timestamp_expression=timestamp_expression)) }}
{%- endmacro -%}

{# The package's timestamps are UTC without a zone, or instants that a cast shows in UTC. #}
{%- macro default__utc_date(timestamp_expression) -%}
    {{ return('cast(' ~ timestamp_expression ~ ' as date)') }}
{%- endmacro -%}

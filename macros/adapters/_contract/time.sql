{# Timestamps of the package's tables, and texts as dates. #}

{%- macro current_utc() -%}
    {{ return(adapter.dispatch('current_utc', 'dbt_llm')()) }}
{%- endmacro -%}

{%- macro default__current_utc() -%}
    {{ return(dbt_llm._refuse_adapter('current_utc')) }}
{%- endmacro -%}

{%- macro utc_date(timestamp_expression) -%}
    {{ return(adapter.dispatch('utc_date', 'dbt_llm')(timestamp_expression=timestamp_expression)) }}
{%- endmacro -%}

{# The package's timestamps are UTC without a zone, or instants that a cast shows in UTC. #}
{%- macro default__utc_date(timestamp_expression) -%}
    {{ return('cast(' ~ timestamp_expression ~ ' as date)') }}
{%- endmacro -%}

{%- macro hours_since(expression) -%}
    {{ return(adapter.dispatch('hours_since', 'dbt_llm')(expression=expression)) }}
{%- endmacro -%}

{%- macro default__hours_since(expression) -%}
    {{ return(dbt_llm._refuse_adapter('hours_since')) }}
{%- endmacro -%}

{%- macro date_of(text_expression, format) -%}
    {{ return(adapter.dispatch('date_of', 'dbt_llm')(text_expression=text_expression, format=format)) }}
{%- endmacro -%}

{%- macro default__date_of(text_expression, format) -%}
    {{ return(dbt_llm._refuse_adapter('date_of')) }}
{%- endmacro -%}

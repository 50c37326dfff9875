{# A timestamp without a zone is UTC, as those of dbt_llm are. #}
{%- macro duckdb__hours_since(expression) -%}
    {{ return('((epoch(now()) - epoch(' ~ expression ~ ')) / 3600)') }}
{%- endmacro -%}

{# Timestamps on DuckDB: UTC without a zone. #}

{%- macro duckdb__current_utc() -%}
    {{ return("timezone('UTC', now())") }}
{%- endmacro -%}

{# A timestamp without a zone is UTC, as those of dbt_llm are. #}
{%- macro duckdb__hours_since(expression) -%}
    {{ return('((epoch(now()) - epoch(' ~ expression ~ ')) / 3600)') }}
{%- endmacro -%}

{# A cast knows the T and the Z of RFC 3339 in capitals only. #}
{%- macro duckdb__date_of(text_expression, format) -%}
    {%- set text_expression = 'upper(' ~ text_expression ~ ')' if format == 'date-time' else text_expression -%}
    {{ return('try_cast(' ~ text_expression ~ ' as ' ~ dbt_llm.column_type({'type': 'string', 'format': format}) ~ ')') }}
{%- endmacro -%}

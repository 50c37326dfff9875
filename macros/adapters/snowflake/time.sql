{# Timestamps on Snowflake, in UTC whatever the session's zone. #}

{%- macro snowflake__current_utc() -%}
    {{ return('sysdate()') }}
{%- endmacro -%}

{# A timestamp without a zone is UTC, as those of dbt_llm are. #}
{%- macro snowflake__hours_since(expression) -%}
    {{ return('((date_part(epoch_second, sysdate()) - date_part(epoch_second, ' ~ expression ~ ')) / 3600)') }}
{%- endmacro -%}

{# RFC 3339 allows `t` and `z`, and any number of digits of a second, of which Snowflake's type holds nine. #}
{%- macro snowflake__date_of(text_expression, format) -%}
    {%- if format == 'date' -%}
        {{ return('try_to_date(' ~ text_expression ~ ')') }}
    {%- endif -%}
    {{ return(
        'try_to_timestamp_tz(regexp_replace(upper(' ~ text_expression ~ '), '
        ~ dbt_llm.string_literal('([.][0-9]{9})[0-9]+') ~ ', ' ~ dbt_llm.string_literal('\\1') ~ '))'
    ) }}
{%- endmacro -%}

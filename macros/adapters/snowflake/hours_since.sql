{# A timestamp without a zone is UTC, as those of dbt_llm are. #}
{%- macro snowflake__hours_since(expression) -%}
    {{ return('((date_part(epoch_second, sysdate()) - date_part(epoch_second, ' ~ expression ~ ')) / 3600)') }}
{%- endmacro -%}

{# regexp_like would ask that the whole text matches. #}
{%- macro snowflake__text_matches(text_expression, pattern) -%}
    {{ return('(regexp_instr(' ~ text_expression ~ ', ' ~ dbt_llm.string_literal(pattern) ~ ') > 0)') }}
{%- endmacro -%}

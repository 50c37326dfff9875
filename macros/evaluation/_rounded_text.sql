{# A number as a text with at most four decimals. #}
{%- macro _rounded_text(expression) -%}
    {{ return(dbt_llm.text_of('round(' ~ expression ~ ', 4)')) }}
{%- endmacro -%}

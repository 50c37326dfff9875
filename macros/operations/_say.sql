{# A line of doctor. #}
{%- macro _say(text) -%}
    {%- do log('dbt_llm.doctor: ' ~ text, info=true) -%}
{%- endmacro -%}

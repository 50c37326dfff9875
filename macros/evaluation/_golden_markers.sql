{# Comments in the compiled SQL of a golden model by which its hook finds the golden set, and where each candidate begins. #}
{%- macro _golden_markers() -%}
    {{ return({'golden_set': '/* dbt_llm: golden set */', 'candidate': '/* dbt_llm: candidate '}) }}
{%- endmacro -%}

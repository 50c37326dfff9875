{# Comments in the compiled SQL by which resolve() finds its steps again. #}
{%- macro _markers() -%}
    {{ return({'responses': '/* dbt_llm: responses */', 'result': '/* dbt_llm: result */', 'end': '/* dbt_llm: end */'}) }}
{%- endmacro -%}

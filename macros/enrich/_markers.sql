{# Comments in the compiled SQL by which resolve() finds its steps again. #}
{%- macro _markers() -%}
    {{ return({'prompts': '-- dbt_llm: prompts', 'result': '-- dbt_llm: result', 'end': '-- dbt_llm: end'}) }}
{%- endmacro -%}

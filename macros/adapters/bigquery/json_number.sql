{%- macro bigquery__json_number(json_expression) -%}
    {{ return('safe_cast(' ~ dbt_llm.json_text(json_expression) ~ ' as float64)') }}
{%- endmacro -%}

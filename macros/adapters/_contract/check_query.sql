{%- macro check_query(sql) -%}
    {{ return(adapter.dispatch('check_query', 'dbt_llm')(sql=sql)) }}
{%- endmacro -%}

{%- macro default__check_query(sql) -%}
    {%- do run_query('select * from (\n' ~ sql ~ '\n) as checked where false limit 0') -%}
{%- endmacro -%}

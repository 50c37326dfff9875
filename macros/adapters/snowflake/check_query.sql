{%- macro snowflake__check_query(sql) -%}
    {%- do run_query('select * from (\n' ~ sql ~ '\n) as checked where false limit 0') -%}
{%- endmacro -%}

{# Spark's explain answers with the error as a row, and does not raise. #}
{%- macro databricks__check_query(sql) -%}
    {%- do run_query('select * from (\n' ~ sql ~ '\n) as checked where false limit 0') -%}
{%- endmacro -%}

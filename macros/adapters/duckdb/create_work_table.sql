{# In order, so that a slice of numbers is found by the row groups' bounds. #}
{%- macro duckdb__create_work_table(work, query) -%}
    {{ return('create table ' ~ work ~ ' as\n' ~ query ~ '\norder by n') }}
{%- endmacro -%}

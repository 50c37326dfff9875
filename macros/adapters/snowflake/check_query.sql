{%- macro snowflake__check_query(sql) -%}
    {%- do run_query('explain ' ~ sql) -%}
{%- endmacro -%}

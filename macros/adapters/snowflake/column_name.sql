{# Unquoted names are upper case in Snowflake, and so this is the column of an unquoted name, reserved or not. #}
{%- macro snowflake__column_name(name) -%}
    {{ return('"' ~ (name | upper | replace('"', '""')) ~ '"') }}
{%- endmacro -%}

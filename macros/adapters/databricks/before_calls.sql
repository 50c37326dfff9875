{%- macro databricks__before_calls(task) -%}
    {{ return(none) }}
{%- endmacro -%}

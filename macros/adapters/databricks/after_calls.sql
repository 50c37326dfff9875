{%- macro databricks__after_calls(task) -%}
    {{ return(none) }}
{%- endmacro -%}

{%- macro bigquery__before_calls(task) -%}
    {{ return(none) }}
{%- endmacro -%}

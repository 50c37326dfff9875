{%- macro bigquery__after_calls(task) -%}
    {{ return(none) }}
{%- endmacro -%}

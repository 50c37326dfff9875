{%- macro databricks__enter_transaction(was_inside) -%}
    {{ return(none) }}
{%- endmacro -%}

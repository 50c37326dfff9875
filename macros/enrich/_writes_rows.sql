{# Do this model's hooks have work to do? Not under --empty, and not for a view, which reads what there is and never pays. #}
{%- macro _writes_rows() -%}
    {{ return(execute and not flags.EMPTY and config.get('materialized') != 'view') }}
{%- endmacro -%}

{# The task: the name of its dbt model, and its version where it has one. #}
{%- macro _task_name() -%}
    {{ return(model.name ~ ('.v' ~ model.version if model.version else '')) }}
{%- endmacro -%}

{# A task as it stands for a SQL model: a Python task's engine and deadline say where it is asked, not what. #}
{%- macro _asked_in_sql(llm) -%}
    {%- set stated = {} -%}
    {%- for key, value in llm.items() if key not in ['engine', 'deadline'] -%}
        {%- do stated.update({key: value}) -%}
    {%- endfor -%}
    {{ return(stated) }}
{%- endmacro -%}

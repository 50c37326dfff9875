{# A typed table without rows: the hooks of the tasks fill it, and later runs of the model add nothing. #}
{%- macro _empty_table(columns) -%}
select
    {%- for name, type in columns.items() %}
    cast(null as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from (select 1 as one) as nothing
where 1 = 0
{%- endmacro -%}

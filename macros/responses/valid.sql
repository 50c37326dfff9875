{# The rows of a task's table whose responses met the contract. #}
{%- macro valid(relation) -%}
(
    select *
    from {{ relation }}
    where llm_status = 'succeeded'
)
{%- endmacro -%}

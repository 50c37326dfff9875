{# The rows of a task's table whose responses did not meet the contract; llm_reason says why. #}
{%- macro quarantined(relation) -%}
(
    select *
    from {{ relation }}
    where llm_status = 'quarantined'
)
{%- endmacro -%}

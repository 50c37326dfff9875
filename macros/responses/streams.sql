{# The two streams of a task's rows, for the models that read its table. #}

{# The rows of a task's table whose responses met the contract. #}
{%- macro valid(relation) -%}
(
    select *
    from {{ relation }}
    where llm_status = 'succeeded'
)
{%- endmacro -%}

{# The rows of a task's table whose responses did not meet the contract; llm_reason says why. #}
{%- macro quarantined(relation) -%}
(
    select *
    from {{ relation }}
    where llm_status = 'quarantined'
)
{%- endmacro -%}

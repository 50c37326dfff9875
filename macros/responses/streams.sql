{# The two streams of a task's rows, for the models that read its table. #}

{# The rows of a task's table whose responses met the contract. The comment tells enrich() that they are a task's. #}
{%- macro valid(relation) -%}
(
    select * {{ dbt_llm._task_rows_mark() }}
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

{# By this a task that reads the rows of another knows that they have its llm_ columns. #}
{%- macro _task_rows_mark() -%}
    {{ return('/* dbt_llm: the rows of a task */') }}
{%- endmacro -%}

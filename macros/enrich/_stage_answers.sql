{#
    Call the language model for a chunk, and keep its raw answers in a table. What the responses need to know of the
    call is kept with them, so that a later run can append what a killed one has paid for.
#}
{%- macro _stage_answers(work, stage, task, first, last) -%}
    {%- do run_query('drop table if exists ' ~ stage) -%}
    {%- do run_query(
        'create table ' ~ stage ~ ' as\nselect\n    called.*,\n    '
        ~ dbt_llm.string_literal(task.model_name) ~ ' as called_model,\n    '
        ~ dbt_llm.string_literal(task.prompt_version) ~ ' as called_version,\n    '
        ~ dbt_llm.string_literal(invocation_id) ~ ' as called_by,\n    '
        ~ dbt_llm.current_utc() ~ ' as called_at\nfrom (\n'
        ~ dbt_llm.call_model_query(work=work, task=task, first=first, last=last) ~ '\n) as called'
    ) -%}
{%- endmacro -%}

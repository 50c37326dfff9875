{# Append what a run that was killed after its call had staged: it is paid for. What is there already is left out. #}
{%- macro _recover_stage(responses, task) -%}
    {%- set stage = dbt_llm._work_relation('answers') -%}
    {%- if load_relation(stage) is not none -%}
        {%- set known = run_query(
            'select count(*) from ' ~ responses ~ ' as known inner join ' ~ stage ~ ' as staged'
            ~ ' on known.request_key = staged.request_key and known.invocation_id = staged.called_by'
            ~ ' and known.attempt = staged.attempt + 1'
        ).rows[0][0] | int -%}
        {%- if known == 0 -%}
            {%- do dbt_llm._append_answers(stage=stage, responses=responses, task=task) -%}
            {%- do log(task.name ~ ': took over the answers that an interrupted run had paid for', info=true) -%}
        {%- endif -%}
        {%- do run_query('drop table if exists ' ~ stage) -%}
    {%- endif -%}
{%- endmacro -%}

{# `engine` and `deadline` of a task: only a Python model has a choice of where its calls are made. #}
{%- macro _engine_faults(llm, in_python) -%}
    {%- set engines = ['async', 'batch', 'auto'] -%}
    {%- set faults = [] -%}
    {%- if in_python and llm.engine not in engines -%}
        {%- do faults.append('meta.llm.engine: not an engine. Expected one of ' ~ dbt_llm._quoted_list(engines) ~ '; got '
            ~ dbt_llm._got(llm.engine) ~ dbt_llm._did_you_mean(llm.engine or '', engines)) -%}
    {%- elif not in_python and 'engine' in llm -%}
        {%- do faults.append("meta.llm.engine: for Python models only. Expected a model in a .py file; got a SQL model, whose "
            ~ "target's own function answers it. Remove engine, or write the model in Python (docs/python-models.md)") -%}
    {%- endif -%}
    {%- if 'deadline' in llm and llm.engine != 'auto' -%}
        {%- do faults.append("meta.llm.deadline: only engine 'auto' chooses by it. Expected engine: auto; got "
            ~ dbt_llm._got(llm.engine) ~ '. Set it, or remove deadline') -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}

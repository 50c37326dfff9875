{# The candidates that an operation shows: the task as it stands, and those asked for, or all. #}
{%- macro _shown_candidates(task, llm, candidates) -%}
    {%- set declared = (llm.candidates or {}).keys() | list -%}
    {%- set wanted = declared if candidates is none else ([candidates] if candidates is string else candidates) -%}
    {%- set faults = [] -%}
    {%- for name in wanted if name not in declared -%}
        {%- do faults.append(
            'candidates: no such candidate. Expected one below meta.llm.candidates, ' ~ dbt_llm._quoted_list(declared) ~ "; got '"
            ~ name ~ "'" ~ dbt_llm._did_you_mean(name, declared)
        ) -%}
    {%- endfor -%}
    {%- do dbt_llm._raise_faults('evaluate', task, faults) -%}
    {{ return(['current'] + wanted) }}
{%- endmacro -%}

{# What is wrong with the arguments of plan, and whether there is anything that it could read. #}
{%- macro _check_plan(task, hours, sample, gpus) -%}
    {%- set faults = [] -%}
    {%- for name, value in {'hours': hours, 'sample': sample, 'gpus': gpus}.items()
        if value is not none and (value is not number or value is boolean or value <= 0) -%}
        {%- do faults.append(name ~ ": not a number. Expected one above 0; got '" ~ value ~ "'") -%}
    {%- endfor -%}
    {%- for name in ['dbt_llm__responses', 'dbt_llm__runs'] if load_relation(dbt_llm._package_relation(name)) is none -%}
        {%- do faults.append(dbt_llm._package_relation(name) ~ " is not there. Expected the package's table; got none. "
            ~ 'Run `dbt run --select package:dbt_llm`, which spends nothing') -%}
    {%- endfor -%}
    {%- do dbt_llm._raise_faults('plan', task, faults) -%}
{%- endmacro -%}

{# The engines of Python models: which there are, and the entries of an endpoint for them. #}

{# `engine` and `deadline` of a task: only a Python model has a choice of where its calls are made. #}
{%- macro _engine_faults(llm, in_python) -%}
    {%- set engines = ['async', 'batch', 'auto', 'spark', 'ray'] -%}
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

{#
    An endpoint's entries for the engines of Python models, with `<key>_env` read from dbt's environment, as _endpoint
    does it: {'entries': mapping, 'faults': list}. The companion checks their keys, which differ by provider.
#}
{%- macro _endpoint_entries(name) -%}
    {%- set declared = var('dbt_llm_endpoints', {}) -%}
    {%- if declared is not mapping or not name or name is not string or name not in declared or declared[name] is not mapping -%}
        {{ return({'entries': {}, 'faults': dbt_llm._endpoint(name).faults}) }}
    {%- endif -%}
    {%- set entries = {} -%}
    {%- set faults = [] -%}
    {# The list's prices of live calls: the batch engine takes its discount off by itself. #}
    {%- for place in ['async', 'batch', 'spark', 'ray', dbt_llm.adapter_name()] if declared[name][place] is mapping -%}
        {%- set where = 'var dbt_llm_endpoints.' ~ name ~ '.' ~ place -%}
        {%- set entry = {} -%}
        {%- for key, value in declared[name][place].items() -%}
            {%- if key == 'api_key_env' or key[-4:] != '_env' -%}
                {%- do entry.update({key: value}) -%}
            {%- elif not dbt_llm._is_variable_name(value) -%}
                {%- do faults.append(dbt_llm._no_variable(where ~ '.' ~ key)) -%}
            {%- elif env_var(value, '') -%}
                {%- do entry.update({key[:-4]: env_var(value)}) -%}
            {%- elif key[:-4] not in declared[name][place] -%}
                {%- do faults.append(
                    where ~ '.' ~ key ~ ": the environment variable is not set. Expected a value in '" ~ value
                    ~ "'; got nothing. Set it, or give '" ~ key[:-4] ~ "' as well, as the fallback"
                ) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do faults.extend(dbt_llm._take_out_secrets(entry, where)) -%}
        {%- do entries.update({place: dbt_llm._with_prices(entry, 'async' if place == 'batch' else place)}) -%}
    {%- endfor -%}
    {%- if not entries -%}
        {%- do faults.append(
            'var dbt_llm_endpoints.' ~ name ~ ": no entry for a Python model. Expected 'async', 'batch', 'spark' or 'ray'; got "
            ~ dbt_llm._quoted_list(declared[name]) ~ ". Add 'async' below '" ~ name ~ "'"
        ) -%}
    {%- endif -%}
    {{ return({'entries': entries, 'faults': faults}) }}
{%- endmacro -%}

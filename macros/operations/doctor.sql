{#
    Say, check by check, what stands between this target and a task's first answer, with the remedy. It calls no language
    model: an endpoint is asked by a statement without rows. What a check finds wrong is an error at the end, for CI.
#}
{%- macro doctor() -%}
    {%- if execute -%}
        {%- set faults = [] -%}
        {%- set version_query = dbt_llm.version_query() -%}
        {%- do dbt_llm._say('dbt ' ~ dbt_version ~ ', ' ~ dbt_llm.adapter_name()
            ~ (' ' ~ run_query(version_query).rows[0][0] if version_query else '')) -%}
        {%- do dbt_llm._say("mode '" ~ dbt_llm._mode() ~ "'"
            ~ (': nothing is called until DBT_LLM_MODE or the var dbt_llm_mode is live' if dbt_llm._mode() != 'live' else '')) -%}
        {%- set responses = dbt_llm._package_relation('dbt_llm__responses') -%}
        {%- set built = load_relation(responses) is not none -%}
        {%- for name in ['dbt_llm__responses', 'dbt_llm__runs', 'dbt_llm__quarantine'] -%}
            {%- if load_relation(dbt_llm._package_relation(name)) is none -%}
                {%- do faults.append(dbt_llm._package_relation(name) ~ ' is not there. Expected the package\'s table; got none. '
                    ~ 'Run `dbt run --select package:dbt_llm`') -%}
            {%- else -%}
                {%- do dbt_llm._say(dbt_llm._package_relation(name) ~ ' is there') -%}
            {%- endif -%}
        {%- endfor -%}
        {%- set declared = var('dbt_llm_endpoints', {}) -%}
        {%- set names = [] -%}
        {%- for name in declared if declared[name] is mapping and dbt_llm.adapter_name() in declared[name] -%}
            {%- do names.append(name) -%}
        {%- endfor -%}
        {%- if not names -%}
            {%- do faults.append(dbt_llm._no_endpoint_fault(declared)) -%}
        {%- endif -%}
        {%- for name in names -%}
            {%- do faults.extend(dbt_llm._examine_endpoint(name, responses if built else none)) -%}
        {%- endfor -%}
        {%- do dbt_llm._raise_faults('doctor', dbt_llm.adapter_name(), faults) -%}
        {%- do dbt_llm._say('nothing is in the way') -%}
    {%- endif -%}
{%- endmacro -%}

{#
    The candidates that this run may pay for: those that golden() names, and those of the var dbt_llm_evaluate, which may name
    candidates of other tasks too. All others are shown as far as their answers are there. Adds to the faults.
#}
{%- macro _asked_candidates(options, llm, faults) -%}
    {%- set declared = llm.candidates if llm.candidates is mapping else {} -%}
    {%- set anywhere = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
        {%- set other = (node.config.meta or {}).get('llm') -%}
        {%- if other is mapping and other.get('candidates') is mapping -%}
            {%- do anywhere.extend(other.candidates.keys() | list) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set asked = [] -%}
    {%- set chosen = {'candidates': options.candidates, 'var dbt_llm_evaluate': var('dbt_llm_evaluate', [])} -%}
    {%- for where, names in chosen.items() if names is not none -%}
        {%- set known = declared.keys() | list if where == 'candidates' else anywhere -%}
        {%- for name in ([names] if names is string else names) -%}
            {%- if name not in known -%}
                {%- do faults.append(
                    where ~ ': no such candidate. Expected one below meta.llm.candidates, ' ~ dbt_llm._quoted_list(known)
                    ~ "; got '" ~ name ~ "'" ~ dbt_llm._did_you_mean(name, known)
                ) -%}
            {%- endif -%}
            {%- do asked.append(name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(asked) }}
{%- endmacro -%}

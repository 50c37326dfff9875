{# What is wrong in meta.llm.candidates. What a candidate changes is checked with the rest of the task when it is evaluated. #}
{%- macro _candidate_faults(candidates) -%}
    {%- set where = 'meta.llm.candidates' -%}
    {%- set allowed = ['prompt', 'endpoint', 'response_format', 'model_parameters'] -%}
    {%- set faults = [] -%}
    {%- if candidates is not mapping -%}
        {{ return([where ~ ": not a mapping. Expected a mapping such as {v2: {prompt: …}}; got '" ~ candidates ~ "'"]) }}
    {%- endif -%}
    {%- for name, changes in candidates.items() -%}
        {%- if name is not string or not dbt_llm._is_identifier(name) or name == 'current' -%}
            {%- do faults.append(where ~ ": not a name. Expected letters, digits and underscores, and not 'current'; got '" ~ name ~ "'") -%}
        {%- elif changes is not mapping or not changes -%}
            {%- do faults.append(where ~ '.' ~ name ~ ': changes nothing. Expected a mapping with one of ' ~ dbt_llm._quoted_list(allowed)
                ~ '; got ' ~ dbt_llm._got(changes)) -%}
        {%- else -%}
            {%- do faults.extend(dbt_llm._unknown_keys(where ~ '.' ~ name, changes, allowed)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}

{# The candidates of a task: which a run may pay for, and what is wrong with what they change. #}

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
        {%- set named = [names] if names is string else names -%}
        {%- do faults.extend(dbt_llm._unknown_candidates(where, named, known)) -%}
        {%- do asked.extend(named) -%}
    {%- endfor -%}
    {{ return(asked) }}
{%- endmacro -%}

{# A fault for each name that is no candidate's. #}
{%- macro _unknown_candidates(where, names, known) -%}
    {%- set faults = [] -%}
    {%- for name in names if name not in known -%}
        {%- do faults.append(
            where ~ ': no such candidate. Expected one below meta.llm.candidates, ' ~ dbt_llm._quoted_list(known)
            ~ "; got '" ~ name ~ "'" ~ dbt_llm._did_you_mean(name, known)
        ) -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}

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

{# A candidate may change the response format, but what is evaluated must stay of its kind. #}
{%- macro _candidate_column_faults(task, columns) -%}
    {%- set faults = [] -%}
    {%- for name, column in columns.items() -%}
        {%- set schema = task.response_schema.properties.get(name) -%}
        {%- if schema is none or dbt_llm._column_kind(schema) != column.kind -%}
            {%- do faults.append(
                'response_format.' ~ name ~ ": cannot be held against the task's. Expected the evaluated column with the kind '"
                ~ column.kind ~ "'; got " ~ dbt_llm._got(dbt_llm._column_kind(schema) if schema is not none else none)
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}

{# The task that is planned, found by the name of its dbt model, and the relation that it would read. #}

{# The task of another dbt model's node, as _task() gives a model its own; a Python model's with the entry of its engine. #}
{%- macro _planned_task(node) -%}
    {%- set llm = dbt_llm._llm_of(node) -%}
    {%- set name = dbt_llm._task_name_of(node) -%}
    {%- if node.language != 'python' -%}
        {{ return(dbt_llm._completed_task('plan', subject=name, name=name, llm=llm, faults=[])) }}
    {%- endif -%}
    {%- set found = dbt_llm._endpoint_entries(llm.endpoint) -%}
    {%- set faults = dbt_llm._task_faults(llm, in_python=true) + found.faults -%}
    {%- set response_format = dbt_llm._response_format_of(llm) -%}
    {%- if not response_format -%}
        {%- do faults.append(
            "meta.llm.response_format: not in the model's YAML. Expected it there, as the keys of requests are made of it; got a Python "
            ~ 'model that has it in its code. Its next run says what it costs; set limits'
        ) -%}
    {%- endif -%}
    {%- set entry = found.entries[llm.engine] or found.entries['async'] or found.entries['batch'] or (found.entries.values() | list | first) or {} -%}
    {%- if not faults and not entry.model_name -%}
        {%- do faults.append("var dbt_llm_endpoints." ~ llm.endpoint ~ ": no model_name for the engine. Expected the provider's id of a model; got nothing") -%}
    {%- endif -%}
    {%- do dbt_llm._raise_faults('plan', name, faults) -%}
    {{ return({
        'name': name,
        'endpoint_name': llm.endpoint,
        'endpoint': entry,
        'model_name': entry.model_name,
        'prompt': llm.prompt.rstrip('\n'),
        'response_format': response_format,
        'response_schema': dbt_llm._response_schema(response_format),
        'dimensions': llm.dimensions if llm.kind == 'embedding' else none,
        'model_parameters': llm.model_parameters or {},
        'limits': llm.limits or {},
        'max_attempts': llm.get('max_attempts', 3),
        'repair': llm.get('repair', 0),
        'filter': dbt_llm._filter_of(llm),
    }) }}
{%- endmacro -%}

{#
    The relation that a task's model reads: what it depends on, besides this package. Where that is more than one, the
    one that its call of enrich() names, or `input` does.
#}
{%- macro _planned_input(node, input) -%}
    {%- set candidates = {} -%}
    {%- for id in node.depends_on.nodes -%}
        {%- set parent = graph.nodes[id] or graph.sources[id] -%}
        {%- if parent and parent.package_name != 'dbt_llm' -%}
            {%- do candidates.update({parent.name: parent}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set named = [] -%}
    {%- set call = dbt_llm._enrich_call(node) -%}
    {%- for name in candidates if "'" ~ name ~ "'" in call or '"' ~ name ~ '"' in call -%}
        {%- do named.append(name) -%}
    {%- endfor -%}
    {%- set name = input or (candidates.keys() | list | first if candidates | length == 1 else (named[0] if named | length == 1 else none)) -%}
    {%- if name not in candidates -%}
        {%- do dbt_llm._raise_faults('plan', node.name, [
            'its input is not known. Expected input: one of ' ~ dbt_llm._quoted_list(candidates) ~ '; got ' ~ dbt_llm._got(input)
            ~ ". Add it to --args, as in '{task: " ~ node.name ~ ", input: …}'"
        ]) -%}
    {%- endif -%}
    {%- set parent = candidates[name] -%}
    {%- if parent.resource_type == 'model' and parent.config.materialized == 'ephemeral' -%}
        {%- do dbt_llm._raise_faults('plan', node.name, [
            "its input '" ~ name ~ "' is ephemeral. Expected a table or a view, which an operation can read; got no relation. "
            ~ "Set materialized='view' on '" ~ name ~ "'"
        ]) -%}
    {%- endif -%}
    {%- set relation = source(parent.source_name, parent.name) if parent.resource_type == 'source'
        else (ref(parent.package_name, parent.name, v=parent.version) if parent.version else ref(parent.package_name, parent.name)) -%}
    {#- A source may be a file, which only the query finds. #}
    {%- if parent.resource_type != 'source' and load_relation(relation) is none -%}
        {%- do dbt_llm._raise_faults('plan', node.name, [
            'its input ' ~ relation ~ ' is not there. Expected a relation to count; got none. Run `dbt build --select +'
            ~ name ~ '` first, which spends nothing unless a task is upstream of it'
        ]) -%}
    {%- endif -%}
    {{ return(relation) }}
{%- endmacro -%}

{# What the task reads of its input: all of it, or of another task the valid rows. #}
{%- macro _planned_rows(node, relation) -%}
    {{ return(dbt_llm.valid(relation) if 'dbt_llm.valid(' in dbt_llm._enrich_call(node) else relation) }}
{%- endmacro -%}

{# The first argument of enrich() in a model's code, as far as it tells. #}
{%- macro _enrich_call(node) -%}
    {{ return(((node.raw_code or '').split('enrich(') | last).split(')')[0]) }}
{%- endmacro -%}

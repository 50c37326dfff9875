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
    {%- set call = ((node.raw_code or '').split('enrich(') | last).split(')')[0] -%}
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
    {%- if load_relation(relation) is none -%}
        {%- do dbt_llm._raise_faults('plan', node.name, [
            'its input ' ~ relation ~ ' is not there. Expected a relation to count; got none. Run `dbt build --select +'
            ~ name ~ '` first, which spends nothing unless a task is upstream of it'
        ]) -%}
    {%- endif -%}
    {{ return(relation) }}
{%- endmacro -%}

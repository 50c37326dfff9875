{# A warning of tasks that dbt may run at once and that would pay the same requests twice. #}

{#
    Warn of tasks of this invocation that may ask the same requests at the same time: equal in prompt, format, parameters and
    model, on more than one thread, without claims in both, and neither builds on the other. The embedded engine asks each
    request once even so; a warehouse's statements do not know of each other.
#}
{%- macro _warn_of_duplicate_requests(task) -%}
    {%- set duplicates = [] -%}
    {%- for node in graph.nodes.values() if node.unique_id in selected_resources and node.unique_id != model.unique_id -%}
        {%- set llm = dbt_llm._llm_of(node) -%}
        {%- set same = llm is mapping and dbt_llm._response_format_of(llm) == task.response_format
            and (llm.get('model_parameters') or {}) == task.model_parameters
            and (llm.get('prompt') or '').rstrip('\n') == task.prompt
            and dbt_llm._endpoint(llm.endpoint).endpoint.get('model_name') == task.model_name
            and not (task.get('claim_minutes') and dbt_llm._claim_minutes_of(llm)) -%}
        {%- if same and model.unique_id not in dbt_llm._upstream(node.unique_id)
            and node.unique_id not in dbt_llm._upstream(model.unique_id) -%}
            {%- do duplicates.append(node.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if duplicates and target.threads > 1 -%}
        {%- do dbt_llm._warn(
            'dbt_llm.enrich: ' ~ task.name ~ ' asks what ' ~ dbt_llm._quoted_list(duplicates) ~ ' asks, and dbt may run them at once: '
            ~ 'a prompt that is in both may be paid twice. Expected one after the other; got no dependency. Add '
            ~ "`-- depends_on: {{ ref('" ~ duplicates[0] ~ "') }}` to " ~ task.name ~ ', or `claim_minutes` to the meta.llm of each, or run with one thread.'
        ) -%}
    {%- endif -%}
{%- endmacro -%}

{# The ids of everything that a node is built from, itself included. #}
{%- macro _upstream(unique_id) -%}
    {%- set found = [unique_id] -%}
    {%- set ns = namespace(next=[unique_id]) -%}
    {# No path is longer than there are nodes. #}
    {%- for _ in graph.nodes -%}
        {%- set parents = [] -%}
        {%- for one in ns.next if one in graph.nodes -%}
            {%- for parent in graph.nodes[one].depends_on.nodes if parent not in found -%}
                {%- do found.append(parent) -%}
                {%- do parents.append(parent) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- set ns.next = parents -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro -%}

{#
    The task that a generic test is attached to, {'name', 'schema'}: name as the package's tables know it, and the schema of
    its response format. The schema is none where meta.llm is not there, which a test may not need.
#}
{%- macro _tested_task(test_name) -%}
    {# A test's own node is `model` here, as everywhere in dbt; only inside of the test is it the relation. #}
    {%- set tested = model.get('attached_node') or (model.depends_on.nodes | first) -%}
    {%- set node = graph.nodes.get(tested) -%}
    {%- set llm = (node.config.meta or {}).get('llm') if node else none -%}
    {%- if llm is not mapping -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_llm.' ~ test_name ~ ": not on a task. Expected a dbt model with config.meta.llm; got '" ~ tested
            ~ "'. Attach the test to the model that calls dbt_llm.enrich()."
        ) -%}
    {%- endif -%}
    {{ return({
        'name': node.name ~ ('.v' ~ node.version if node.version else ''),
        'schema': dbt_llm._response_schema(llm.response_format),
    }) }}
{%- endmacro -%}

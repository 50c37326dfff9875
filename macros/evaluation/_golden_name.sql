{# The name of the golden model whose table this is; an error where it is another relation. #}
{%- macro _golden_name(relation) -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and (node.config.meta or {}).get('llm_golden')
        and node.alias | lower == relation.identifier | lower and node.schema | lower == relation.schema | lower -%}
        {%- do found.append(node.name) -%}
    {%- endfor -%}
    {%- if not found -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_llm.agrees_with_golden_set: not a golden model. Expected a dbt model whose query is `dbt_llm.golden(…)`; got ' ~ relation
            ~ ". Where the test is a task's, name the golden model: golden: ref('…')."
        ) -%}
    {%- endif -%}
    {{ return(found[0]) }}
{%- endmacro -%}

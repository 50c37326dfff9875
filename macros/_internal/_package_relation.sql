{#
    The relation of one of this package's own models, also where a hook may not ref() it, and never the emptied
    subquery that ref() gives under --empty.
#}
{%- macro _package_relation(name) -%}
    {%- set node = graph.nodes['model.dbt_llm.' ~ name] -%}
    {{ return(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias, type='table')) }}
{%- endmacro -%}

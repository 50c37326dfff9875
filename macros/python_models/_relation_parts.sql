{# A relation as a mapping: as dbt renders it, and its parts. #}
{%- macro _relation_parts(relation) -%}
    {{ return({
        'rendered': api.Relation.create(
            database=relation.database, schema=relation.schema, identifier=relation.identifier
        ) | string,
        'database': relation.database,
        'schema': relation.schema,
        'identifier': relation.identifier,
    }) }}
{%- endmacro -%}

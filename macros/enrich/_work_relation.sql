{#
    One of the tables that a run of this task makes beside its own, and drops: `requests`, the raw `answers` of a chunk, or
    what to ask `again`. An ordinary table: on dbt 2 a temporary one does not survive between statements.
#}
{%- macro _work_relation(suffix) -%}
    {{ return(api.Relation.create(
        database=this.database, schema=this.schema, identifier=this.identifier ~ '__dbt_llm_' ~ suffix, type='table'
    )) }}
{%- endmacro -%}

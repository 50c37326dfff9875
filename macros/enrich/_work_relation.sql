{# An ordinary table: on dbt 2 a temporary one does not survive between statements. #}
{%- macro _work_relation() -%}
    {{ return(api.Relation.create(
        database=this.database, schema=this.schema, identifier=this.identifier ~ '__dbt_llm_requests', type='table'
    )) }}
{%- endmacro -%}

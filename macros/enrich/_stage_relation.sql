{# Where a chunk's raw answers are kept until they are appended to the responses. #}
{%- macro _stage_relation() -%}
    {{ return(api.Relation.create(
        database=this.database, schema=this.schema, identifier=this.identifier ~ '__dbt_llm_answers', type='table'
    )) }}
{%- endmacro -%}

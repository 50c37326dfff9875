{# The order: the table by which a Python model's body is told what only dbt knows. #}

{# The table by which prepare() tells a Python model's body what only dbt knows. #}
{%- macro _order_relation() -%}
    {{ return(dbt_llm._work_relation('order')) }}
{%- endmacro -%}

{# What only dbt knows of this run of a Python task. It holds no key: an endpoint names the variable that does. #}
{%- macro _order(llm, entries) -%}
    {%- set relations = {} -%}
    {%- for node in graph.nodes.values() if node.package_name == 'dbt_llm' and node.resource_type == 'model' -%}
        {%- do relations.update({node.name: dbt_llm._relation_parts(dbt_llm._package_relation(node.name))}) -%}
    {%- endfor -%}
    {%- set variables = {'dbt_llm_budgets': var('dbt_llm_budgets', {})} -%}
    {%- for name, variable in dbt_llm._source_variables().items() -%}
        {%- set sources = [] -%}
        {%- for source in dbt_llm._other_relations(name) -%}
            {%- do sources.append(source | string) -%}
        {%- endfor -%}
        {%- do variables.update({variable: sources}) -%}
    {%- endfor -%}
    {{ return({
        'version': 2,
        'task': dbt_llm._task_name(),
        'llm': llm,
        'entries': entries,
        'invocation_id': invocation_id,
        'mode': dbt_llm._mode(),
        'is_empty': flags.EMPTY | default(false, true),
        'is_sample': invocation_args_dict.get('sample') is not none,
        'is_incremental': is_incremental(),
        'is_full_refresh': should_full_refresh(),
        'config': {
            'materialized': config.get('materialized'),
            'unique_key': config.get('unique_key'),
            'on_schema_change': config.get('on_schema_change'),
            'incremental_strategy': config.get('incremental_strategy'),
            'unrendered_config': {'meta': {'llm': dbt_llm._written_llm(model)}},
        },
        'this': dbt_llm._relation_parts(this),
        'relations': relations,
        'timestamp_type': dbt.type_timestamp(),
        'variables': variables,
    }) }}
{%- endmacro -%}

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

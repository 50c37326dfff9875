{#
    Show a task's candidates side by side on its golden sets, from the answers that there are. It calls no language model: it
    says which command gets the answers that are missing.
#}
{%- macro evaluate(task, candidates=none) -%}
    {%- if execute -%}
        {%- set node = dbt_llm._find_task('evaluate', task) -%}
        {%- set shown = dbt_llm._shown_candidates(task, node.config.meta.llm, candidates) -%}
        {%- for golden in dbt_llm._golden_models('evaluate', task) -%}
            {%- set relation = load_relation(api.Relation.create(database=golden.database, schema=golden.schema, identifier=golden.alias)) -%}
            {%- set scores = dbt_llm._shown_scores(relation, node.config.meta.llm, shown) if relation is not none else [] -%}
            {%- for line in dbt_llm._comparison_lines(task, golden.name, shown, scores) -%}
                {%- do log(line, info=true) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}

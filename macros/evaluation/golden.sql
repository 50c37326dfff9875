{# Ask a task about the rows of a golden set, and hold its answers against what was expected. #}
{%- macro golden(relation, task, key=none, columns=none, tolerance=none, candidates=none, verdicts=none) -%}
    {%- set responses = ref('dbt_llm', 'dbt_llm__responses') -%}
    {%- set sample = ref('dbt_llm', 'dbt_llm__review_sample') -%}
    {%- for name in ['evaluations', 'evaluation_labels', 'evaluation_confusion', 'evaluation_rows'] -%}
        {%- do ref('dbt_llm', 'dbt_llm__' ~ name) -%}
    {%- endfor -%}
    {{ dbt_llm._add_golden_hooks({
        'task': task, 'key': key, 'columns': columns, 'tolerance': tolerance, 'candidates': candidates,
    }) }}
    {%- if not execute -%}
        {{ return('select * from ' ~ relation) }}
    {%- endif -%}
    {{ return(dbt_llm._golden_query(
        relation=relation, responses=responses, sample=sample,
        verdicts=verdicts if verdicts is not none else var('dbt_llm_verdicts', none), golden=dbt_llm._golden_set(),
    )) }}
{%- endmacro -%}

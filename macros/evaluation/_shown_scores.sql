{# The scores of a golden model's table, a mapping for each column and candidate: with the paired test against the task as it stands. #}
{%- macro _shown_scores(relation, llm, shown) -%}
    {%- set faults = [] -%}
    {%- set columns = dbt_llm._evaluated_columns(dbt_llm._response_schema(llm.response_format), none, faults) -%}
    {%- set responses = dbt_llm._package_relation('dbt_llm__responses') -%}
    {%- set found = run_query(dbt_llm._comparison_query(
        rows=relation, responses=responses, array_labels=dbt_llm._array_labels(columns), shown=shown
    )) -%}
    {%- set scores = [] -%}
    {%- for row in found.rows -%}
        {%- set score = {
            'candidate': row[0], 'prompt_version': row[1], 'model_name': row[2], 'column': row[3], 'kind': row[4], 'n': row[5] | int,
            'accuracy': row[6], 'low': row[7], 'high': row[8], 'macro_f1': row[9], 'micro_f1': row[10], 'error': row[11],
            'unanswered': row[12] | int, 'unusable': row[13] | int, 'cost': row[14], 'p': none, 'won': none, 'lost': none,
        } -%}
        {%- if score.candidate != 'current' and score.n > 0 -%}
            {%- set paired = run_query(dbt_llm._candidate_pairs_query(rows=relation, candidate=score.candidate, column=score.column)).rows[0] -%}
            {%- do score.update({'lost': paired[0] | int, 'won': paired[1] | int, 'p': paired[2]}) -%}
        {%- endif -%}
        {%- do scores.append(score) -%}
    {%- endfor -%}
    {{ return(scores) }}
{%- endmacro -%}

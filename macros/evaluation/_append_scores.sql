{# Append the scores of a golden model's run to one of the package's tables. #}
{%- macro _append_scores(table, golden_name, task, scores, columns) -%}
    {%- do run_query(
        'insert into ' ~ dbt_llm._package_relation(table)
        ~ '\n    (task, golden, candidate, prompt_version, model_name, column_name, ' ~ (columns | join(', '))
        ~ ', invocation_id, evaluated_at)\nselect\n    ' ~ dbt_llm.string_literal(task) ~ ',\n    '
        ~ dbt_llm.string_literal(golden_name) ~ ',\n    ' ~ (dbt_llm._scored_columns() | join(',\n    ')) ~ ',\n    '
        ~ (columns | join(',\n    ')) ~ ',\n    ' ~ dbt_llm.string_literal(invocation_id) ~ ',\n    ' ~ dbt_llm.current_utc()
        ~ '\nfrom (\n' ~ scores ~ '\n) as scores'
    ) -%}
{%- endmacro -%}

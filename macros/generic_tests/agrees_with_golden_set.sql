{#
    The answers agree with a golden set. It reads what `run` and `build` have answered, and never calls a language model.
#}
{% test agrees_with_golden_set(
    model, column, min_accuracy, golden=none, min_f1=none, not_worse_than=none, significance=0.05, worst=10
) %}
    {%- set evaluation_rows = ref('dbt_llm', 'dbt_llm__evaluation_rows') -%}
    {%- if execute -%}
        {%- set rows = golden if golden is not none else model -%}
        {%- do dbt_llm._check_agreement(column, min_accuracy, min_f1, not_worse_than, significance, worst) -%}
        {%- set query = dbt_llm._agreement_query(
            rows=rows, column=column, min_accuracy=min_accuracy, min_f1=min_f1, not_worse_than=not_worse_than,
            significance=significance, worst=worst, golden_name=dbt_llm._golden_name(rows), evaluation_rows=evaluation_rows,
        ) -%}
        {%- do dbt_llm._say_disagreements(query, column) -%}
{{ query }}
    {%- endif -%}
{% endtest %}

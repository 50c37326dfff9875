{# A query: the latest result of each golden row of a golden model, by prompt version, language model and column. #}
{%- macro _latest_evaluation_rows(evaluation_rows, golden_name) -%}
select *
from (
    select
        *,
        row_number() over (
            partition by prompt_version, model_name, golden_key, column_name
            order by evaluated_at desc
        ) as newest_first
    from {{ evaluation_rows }}
    where golden = {{ dbt_llm.string_literal(golden_name) }}
) as every_result
where newest_first = 1
{%- endmacro -%}

{# Say which batch jobs are open, and what became of the latest others, from the ledger. It asks no provider. #}
{%- macro batches(task=none, closed=10) -%}
    {%- if execute -%}
        {%- set ledger = dbt_llm._batch_ledger('batches') -%}
        {%- set rows = run_query(dbt_llm._batches_query(ledger, task, closed)).rows -%}
        {%- do log('dbt_llm.batches: ' ~ (rows | length or 'no') ~ ' batch jobs' ~ (' of ' ~ task if task else ''), info=true) -%}
        {%- for row in rows -%}
            {%- do log(dbt_llm._batch_line(row), info=true) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}

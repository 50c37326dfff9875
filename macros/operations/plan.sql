{#
    Say what the next run of a task would pay, and what it would cost and take in each place, before a cent is spent. It
    reads tables and calls no language model.
#}
{%- macro plan(task, hours=none, input=none, sample=200, count_tokens=true, gpus=1, gpu_usd_per_hour=7.9, gpu_tokens_per_second=12500) -%}
    {%- if execute -%}
        {%- do dbt_llm._check_plan(task, hours, sample, gpus) -%}
        {%- set node = dbt_llm._find_task('plan', task) -%}
        {%- set planned = dbt_llm._planned_task(node) -%}
        {%- set relation = dbt_llm._planned_input(node, input) -%}
        {%- set counts = dbt_llm._plan_counts(planned, relation, sample, count_tokens) -%}
        {%- set estimate = dbt_llm._estimate(
            planned, counts.to_pay, counts.prompt_bytes, dbt_llm._past_usage(planned), counts.counted_each
        ) -%}
        {%- set places = dbt_llm._plan_places(planned, counts.to_pay, estimate, accelerator={
            'name': 'H100', 'model_name': 'an 8B model', 'gpus': gpus, 'usd_per_hour': gpu_usd_per_hour,
            'tokens_per_second': gpu_tokens_per_second, 'spark_share': 0.125,
        }) -%}
        {%- set choice = dbt_llm._plan_choice(places, counts.to_pay, hours) -%}
        {%- for line in dbt_llm._plan_lines(planned, relation, counts, estimate, places, choice) -%}
            {%- do log(line, info=true) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}

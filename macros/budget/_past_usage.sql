{#
    What the answers of a task took so far: {'answers', 'input_each', 'output_each', 'is_same_version'}. Those of this prompt
    version and language model where there are enough of them, which tell both; else those of the task's other versions,
    whose completions are alike at least, so that they tell the output only.
#}
{%- macro _past_usage(task) -%}
    {%- set enough = 30 -%}
    {%- set mine = 'model_name = ' ~ dbt_llm.string_literal(task.model_name) ~ ' and prompt_version = ' ~ dbt_llm._prompt_version(task) -%}
    {%- set row = run_query(
        'select\n    sum(case when ' ~ mine ~ ' then 1 else 0 end),\n    avg(case when ' ~ mine ~ ' then input_tokens end),\n    avg(case when '
        ~ mine ~ ' then output_tokens end),\n    count(*),\n    avg(output_tokens)\nfrom '
        ~ dbt_llm._package_relation('dbt_llm__responses') ~ '\nwhere task = ' ~ dbt_llm.string_literal(task.name)
        ~ "\n    and status = 'succeeded' and input_tokens is not null and output_tokens is not null"
    ).rows[0] -%}
    {%- if row[0] is not none and row[0] | int >= enough -%}
        {{ return({'answers': row[0] | int, 'input_each': row[1] | float, 'output_each': row[2] | float, 'is_same_version': true}) }}
    {%- elif row[3] | int >= enough -%}
        {{ return({'answers': row[3] | int, 'input_each': none, 'output_each': row[4] | float, 'is_same_version': false}) }}
    {%- endif -%}
    {{ return({'answers': 0, 'input_each': none, 'output_each': none, 'is_same_version': false}) }}
{%- endmacro -%}

{#
    The package's tables that hold answers or texts, each with the condition of the rows to forget. The requests of an open
    batch job stay: without them its answers, which are paid for, could not be collected.
#}
{%- macro _forgotten_rows(task, older_than_days, request_key) -%}
    {%- set times = {
        'dbt_llm__responses': 'responded_at',
        'dbt_llm__quarantine': 'responded_at',
        'dbt_llm__review_sample': 'coalesce(responded_at, sampled_at)',
        'dbt_llm__evaluation_rows': 'evaluated_at',
        'dbt_llm__batch_requests': 'recorded_at',
    } -%}
    {%- set batches = dbt_llm._package_relation('dbt_llm__batches') -%}
    {%- set tables = {} -%}
    {%- for name, time in times.items() -%}
        {%- set conditions = [] -%}
        {%- if request_key is not none -%}
            {%- do conditions.append('request_key = ' ~ dbt_llm.string_literal(request_key)) -%}
        {%- endif -%}
        {%- if task is not none and name == 'dbt_llm__batch_requests' -%}
            {%- do conditions.append('batch_key in (\n        select batch_key\n        from ' ~ batches ~ '\n        where task = '
                ~ dbt_llm.string_literal(task) ~ '\n    )') -%}
        {%- elif task is not none -%}
            {%- do conditions.append('task = ' ~ dbt_llm.string_literal(task)) -%}
        {%- endif -%}
        {%- if older_than_days is not none -%}
            {%- do conditions.append(dbt_llm.hours_since(time) ~ ' > ' ~ (24 * older_than_days)) -%}
        {%- endif -%}
        {%- if name == 'dbt_llm__batch_requests' -%}
            {%- do conditions.append('batch_key not in (' ~ dbt_llm._open_batch_keys(batches) ~ ')') -%}
        {%- endif -%}
        {%- do tables.update({name: conditions | join('\n    and ')}) -%}
    {%- endfor -%}
    {{ return(tables) }}
{%- endmacro -%}

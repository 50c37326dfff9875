{# Requests a second of the runs so far that asked this model at this endpoint, from the larger of them; none without. #}
{%- macro _past_rate(task) -%}
    {%- set row = run_query(
        'select sum(sent_requests), sum(' ~ dbt.datediff('started_at', 'finished_at', 'second') ~ ')\nfrom '
        ~ dbt_llm._package_relation('dbt_llm__runs') ~ '\nwhere endpoint = ' ~ dbt_llm.string_literal(task.endpoint_name)
        ~ ' and model_name = ' ~ dbt_llm.string_literal(task.model_name) ~ ' and engine = '
        ~ dbt_llm.string_literal(dbt_llm.adapter_name()) ~ ' and sent_requests >= 100'
    ).rows[0] -%}
    {%- if row[0] is none or row[1] | int < 1 -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return((row[0] | float) / (row[1] | float)) }}
{%- endmacro -%}

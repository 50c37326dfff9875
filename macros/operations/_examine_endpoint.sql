{#
    Doctor's checks of one endpoint. Returns the faults. What a warehouse refuses ends the command with the warehouse's own
    words, so the remedy is said before.
#}
{%- macro _examine_endpoint(name, responses) -%}
    {%- set found = dbt_llm._endpoint(name) -%}
    {%- if found.faults -%}
        {{ return(found.faults) }}
    {%- endif -%}
    {%- set task = dbt_llm._inline_task(
        'doctor', endpoint=name, response_format={'answer': {'type': 'string'}}, model_parameters={'max_tokens': 10}
    ) -%}
    {%- set faults = [] -%}
    {%- for fault in dbt_llm.check_endpoint(task) -%}
        {%- do faults.append('endpoint ' ~ name ~ ': ' ~ fault) -%}
    {%- endfor -%}
    {%- set probe = dbt_llm.probe_query(task) -%}
    {%- if probe -%}
        {%- do dbt_llm._say('endpoint ' ~ name ~ ': asking ' ~ task.endpoint.model_name ~ ' about no rows, which costs nothing. Where an error follows: '
            ~ dbt_llm.refusal_remedy(task.endpoint)) -%}
        {%- do dbt_llm.before_calls(task) -%}
        {%- do run_query(probe) -%}
        {%- do dbt_llm.after_calls(task) -%}
    {%- endif -%}
    {%- if not faults -%}
        {%- do dbt_llm._say('endpoint ' ~ name ~ ': ' ~ ('accepted' if probe else 'the embedded engine is there; whether '
            ~ (task.endpoint.get('base_url') or task.endpoint.get('provider')) ~ ' answers shows with the first call')) -%}
    {%- endif -%}
    {%- if responses is not none -%}
        {%- set served = [] -%}
        {%- for row in run_query('select distinct response_model from ' ~ responses ~ ' where response_model is not null and model_name = '
            ~ dbt_llm.string_literal(task.endpoint.model_name)).rows -%}
            {%- do served.append(row[0]) -%}
        {%- endfor -%}
        {%- if served | length > 1 -%}
            {%- do dbt_llm._say('endpoint ' ~ name ~ ': answers kept under ' ~ task.endpoint.model_name ~ ' came from '
                ~ dbt_llm._quoted_list(served) ~ '. Where that is not meant, name the exact version in model_name') -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}

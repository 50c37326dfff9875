{# The task of another dbt model's node, as _task() gives a model its own; a Python model's with the entry of its engine. #}
{%- macro _planned_task(node) -%}
    {%- set llm = node.config.meta.llm -%}
    {%- set name = node.name ~ ('.v' ~ node.version if node.version else '') -%}
    {%- if node.language != 'python' -%}
        {{ return(dbt_llm._completed_task('plan', subject=name, name=name, llm=llm, faults=[])) }}
    {%- endif -%}
    {%- set found = dbt_llm._endpoint_entries(llm.endpoint) -%}
    {%- set faults = dbt_llm._task_faults(llm, in_python=true) + found.faults -%}
    {%- if not llm.response_format -%}
        {%- do faults.append(
            "meta.llm.response_format: not in the model's YAML. Expected it there, as the keys of requests are made of it; got a Python "
            ~ 'model that has it in its code. Its next run says what it costs; set limits'
        ) -%}
    {%- endif -%}
    {%- set entry = found.entries[llm.engine] or found.entries['async'] or found.entries['batch'] or (found.entries.values() | list | first) or {} -%}
    {%- if not faults and not entry.model_name -%}
        {%- do faults.append("var dbt_llm_endpoints." ~ llm.endpoint ~ ": no model_name for the engine. Expected the provider's id of a model; got nothing") -%}
    {%- endif -%}
    {%- do dbt_llm._raise_faults('plan', name, faults) -%}
    {{ return({
        'name': name,
        'endpoint_name': llm.endpoint,
        'endpoint': entry,
        'model_name': entry.model_name,
        'prompt': llm.prompt.rstrip('\n'),
        'response_format': llm.response_format,
        'response_schema': dbt_llm._response_schema(llm.response_format),
        'model_parameters': llm.model_parameters or {},
        'limits': llm.limits or {},
        'max_attempts': llm.get('max_attempts', 3),
    }) }}
{%- endmacro -%}

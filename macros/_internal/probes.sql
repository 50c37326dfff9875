{# What the adapters' probes of open questions are made of (macros/calibration/calibration.sql). #}

{%- macro _no_text() -%}
    {{ return('cast(null as ' ~ dbt.type_string() ~ ')') }}
{%- endmacro -%}

{# A probe: its name, what it is to tell, of which function, the requests it sends at most, and a query of one text `result`. #}
{%- macro _probe(name, question, function, requests, query) -%}
    {{ return({'name': name, 'question': question, 'function': function, 'requests': requests, 'query': query}) }}
{%- endmacro -%}

{# The endpoint's task with these parameters and this schema, for the call that the road itself would make. #}
{%- macro _probe_task(task, model_parameters=none, response_schema=none) -%}
    {{ return(dbt_llm._merged(task, {'model_parameters': model_parameters or {'max_tokens': 20}, 'response_schema': response_schema})) }}
{%- endmacro -%}

{# Each statement from its text, so that what a parser refuses is caught by the script around it. #}
{%- macro _from_texts(statements) -%}
    {%- set steps = [] -%}
    {%- for statement in statements -%}
        {%- do steps.append('execute immediate ' ~ dbt_llm.string_literal(statement)) -%}
    {%- endfor -%}
    {{ return(steps | join(';\n    ')) }}
{%- endmacro -%}

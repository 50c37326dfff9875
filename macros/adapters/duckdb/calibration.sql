{# What an OpenAI-compatible endpoint takes and tells: each probe is one request of the embedded engine. #}

{%- macro duckdb__calibration_probes(task) -%}
    {%- set nullable = {'type': 'object', 'properties': {'name': {'type': 'string', 'nullable': true}}} -%}
    {%- set limits = {'type': 'object', 'properties': {
        'n': {'type': 'integer', 'minimum': 1, 'maximum': 3}, 'tags': {'type': 'array', 'items': {'type': 'string'}, 'minItems': 1, 'maxItems': 2},
    }} -%}
    {%- set plain = {'type': 'object', 'properties': {'ok': {'type': 'boolean'}}} -%}
    {{ return([
        dbt_llm._endpoint_probe('plain_answer', 'Which tokens, finish reason and model name does an answer tell?', task, 'Answer with the word yes.'),
        dbt_llm._endpoint_probe('json_schema', 'Is a strict JSON schema taken and kept?', task, 'Is ice cold? Answer in JSON: {"ok": true} or {"ok": false}.',
            response_schema=plain, structured_output='schema'),
        dbt_llm._endpoint_probe('json_mode', 'Is JSON mode taken and kept?', task, 'Is ice cold? Answer in JSON: {"ok": true} or {"ok": false}.',
            response_schema=plain, structured_output='json'),
        dbt_llm._endpoint_probe('strict_null', 'May a value be null under a strict schema?', task, 'Give the name of nobody, in JSON: {"name": null}.',
            response_schema=nullable, structured_output='schema'),
        dbt_llm._endpoint_probe('schema_limits', 'Does a strict schema take minimum and minItems?', task, 'Answer in JSON: {"n": 2, "tags": ["a"]}.',
            response_schema=limits, structured_output='schema'),
        dbt_llm._endpoint_probe('max_tokens', 'Does max_tokens end an answer, and is that told?', task, 'Count from one to fifty in words.',
            model_parameters={'max_tokens': 5}),
        dbt_llm._endpoint_probe('temperature', 'Is temperature taken?', task, 'Answer with the word yes.', model_parameters={'max_tokens': 20, 'temperature': 0}),
        dbt_llm._endpoint_probe('seed', 'Is seed taken?', task, 'Answer with the word yes.', model_parameters={'max_tokens': 20, 'seed': 7}),
        dbt_llm._endpoint_probe('unknown_parameter', 'In which words is an unknown parameter refused?', task, 'Answer with the word yes.',
            model_parameters={'max_tokens': 20, 'dbt_llm_no_such_parameter': 1}),
        dbt_llm._endpoint_probe('no_such_model', 'In which words is an unknown model refused?', task, 'Answer with the word yes.', model_name='dbt-llm-no-such-model',
            asks_for_refusal=true),
    ]) }}
{%- endmacro -%}

{#
    A probe that the companion sends and catches. The endpoint's key is not in the statement, but the name of the variable that
    has it.
#}
{%- macro _endpoint_probe(name, question, task, prompt, model_parameters=none, response_schema=none, structured_output=none, model_name=none,
    asks_for_refusal=none) -%}
    {%- set endpoint = dbt_llm._merged(task.endpoint, {'structured_output': structured_output} if structured_output else {}) -%}
    {%- set endpoint = dbt_llm._merged(endpoint, {'model_name': model_name} if model_name else {}) -%}
    {%- set options = {
        'task': task.name,
        'endpoint_name': task.endpoint_name,
        'endpoint': endpoint,
        'model_parameters': model_parameters or {'max_tokens': 100},
        'response_format': response_schema,
        'retries': 0,
        'asks_for_refusal': asks_for_refusal,
    } -%}
    {{ return(dbt_llm._probe(name, question, 'dbt_llm_probe', 1,
        'select dbt_llm_probe(' ~ dbt_llm.string_literal(prompt) ~ ', ' ~ dbt_llm.string_literal(tojson(options)) ~ ') as result')) }}
{%- endmacro -%}

{# The companion catches: what an endpoint refuses is a result. #}
{%- macro duckdb__caught_statement(statements, on_error) -%}
    {{ return(statements | join(';\n')) }}
{%- endmacro -%}

{%- macro duckdb__caught_words() -%}
    {{ return(dbt_llm._no_text()) }}
{%- endmacro -%}

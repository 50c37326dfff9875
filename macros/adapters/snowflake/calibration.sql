{# The open questions of Snowflake. A failing row is caught by return_error_details, a refused statement by a script. #}

{%- macro snowflake__calibration_probes(task) -%}
    {%- set yes = "'Answer with the word yes.'" -%}
    {%- set small = dbt_llm._probe_task(task) -%}
    {%- set missing = dbt_llm._merged(dbt_llm._probe_task(task), {'endpoint': {'model_name': 'dbt-llm-no-such-model'}}) -%}
    {%- set column = dbt_llm._ai_complete(yes, small) | replace('model => ' ~ dbt_llm.string_literal(task.endpoint.model_name), 'model => asked_of.model') -%}
    {{ return([
        dbt_llm._probe('answer_details', 'What are the members of an answer with show_details and return_error_details?', 'AI_COMPLETE', 1,
            'select to_json(' ~ dbt_llm._ai_complete(yes, small) ~ ') as result'),
        dbt_llm._probe('failed_call', 'In which words does a row fail? Whether it is billed, the usage view says.', 'AI_COMPLETE', 1,
            'select to_json(' ~ dbt_llm._ai_complete(yes, dbt_llm._probe_task(task, model_parameters={'max_tokens': 20, 'temperature': 99})) ~ ') as result'),
        dbt_llm._probe('no_such_model', 'Does an unknown model fail the row or the statement, and in which words?', 'AI_COMPLETE', 1,
            'select to_json(' ~ dbt_llm._ai_complete(yes, missing) ~ ') as result'),
        dbt_llm._probe('null_prompt', 'What does a NULL prompt give?', 'AI_COMPLETE', 1,
            "select coalesce(to_json(" ~ dbt_llm._ai_complete('cast(null as varchar)', small) ~ "), 'NULL') as result"),
        dbt_llm._probe('model_of_a_column', 'May the model be other than a constant?', 'AI_COMPLETE', 1,
            'select to_json(' ~ column ~ ') as result\nfrom (select ' ~ dbt_llm.string_literal(task.endpoint.model_name) ~ ' as model) as asked_of'),
        dbt_llm._probe('integer_minimum', 'Does an integer refuse minimum as a number does?', 'AI_COMPLETE', 1,
            dbt_llm._schema_probe_query(task, {'n': {'type': 'integer', 'minimum': 1, 'maximum': 3}})),
        dbt_llm._probe('any_of', 'Does the model take anyOf in a response format?', 'AI_COMPLETE', 1,
            dbt_llm._schema_probe_query(task, {'n': {'anyOf': [{'type': 'integer'}, {'type': 'null'}]}})),
        dbt_llm._probe('equal_prompts', 'How many repeats does the cache of a query catch? Beside the answers, the usage view says.', 'AI_COMPLETE', 3,
            'select to_json(array_agg(' ~ dbt_llm._ai_complete(yes, dbt_llm._probe_task(task, model_parameters={'max_tokens': 20, 'temperature': 0, 'top_p': 0}))
            ~ ')) as result\nfrom (\n    select 1 as n\n    union all\n    select 2\n    union all\n    select 3\n) as repeats'),
        dbt_llm._probe('extract_scores', 'Are scores there?', 'AI_EXTRACT', 1,
            "select to_json(ai_extract(text => 'Ann lives in Bern.', responseFormat => {'name': 'Who is it?'}, scores => true)) as result"),
        dbt_llm._probe('embed_form', 'Is a vector or an object of value and error the result of AI_EMBED?', 'AI_EMBED', 1,
            "select system$typeof(ai_embed('snowflake-arctic-embed-l-v2.0', 'a parcel')) as result"),
        dbt_llm._probe('similarity_form', 'Is a number or an object of value and error the result of AI_SIMILARITY?', 'AI_SIMILARITY', 2,
            "select system$typeof(ai_similarity('a parcel', 'a letter')) as result"),
        dbt_llm._probe('count_tokens', 'Does AI_COUNT_TOKENS know the model?', 'AI_COUNT_TOKENS', 1,
            "select cast(ai_count_tokens('ai_complete', " ~ dbt_llm.string_literal(task.endpoint.model_name) ~ ", 'a parcel') as varchar) as result"),
        dbt_llm._probe('count_tokens_of_functions', 'Does AI_COUNT_TOKENS take the name of a function without a model?', 'AI_COUNT_TOKENS', 1,
            "select cast(ai_count_tokens('ai_sentiment', 'a parcel') as varchar) as result"),
        {
            'name': 'session_parameter',
            'question': 'Does the session parameter of before bundle 2026_02 still exist, and is setting it an error?',
            'function': 'AI_COMPLETE', 'requests': 0,
            'statement': 'alter session set AI_SQL_ERROR_HANDLING_USE_FAIL_ON_ERROR = false',
            'undo': 'alter session unset AI_SQL_ERROR_HANDLING_USE_FAIL_ON_ERROR',
        },
    ]) }}
{%- endmacro -%}

{# A call with a schema as it stands, as the road takes away what is in question. #}
{%- macro _schema_probe_query(task, properties) -%}
    {%- set schema = {'type': 'object', 'properties': properties, 'required': properties.keys() | list, 'additionalProperties': false} -%}
    {{ return(
        'select to_json(ai_complete(\n        model => ' ~ dbt_llm.string_literal(task.endpoint.model_name)
        ~ ",\n        prompt => 'Give the number 2 as n, in JSON.',\n        model_parameters => " ~ dbt_llm._snowflake_literal({'max_tokens': 50})
        ~ ',\n        response_format => ' ~ dbt_llm._snowflake_literal({'type': 'json', 'schema': schema})
        ~ ',\n        show_details => true,\n        return_error_details => true\n    )) as result'
    ) }}
{%- endmacro -%}

{#
    A block of Snowflake Scripting, as one literal, because the client would cut it at its semicolons.
    https://docs.snowflake.com/en/developer-guide/snowflake-scripting/exceptions (2026-11)
#}
{%- macro snowflake__caught_statement(statements, on_error) -%}
    {{ return('execute immediate ' ~ dbt_llm.string_literal(
        'begin\n    ' ~ dbt_llm._from_texts(statements) ~ ';\nexception\n    when other then\n        let words varchar := sqlerrm;\n        '
        ~ on_error ~ ';\nend'
    )) }}
{%- endmacro -%}

{%- macro snowflake__caught_words() -%}
    {{ return(':words') }}
{%- endmacro -%}

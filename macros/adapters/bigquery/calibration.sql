{# The open questions of BigQuery. A failing row has a status, and a refused statement is caught by a script. #}

{%- macro bigquery__calibration_probes(task) -%}
    {%- set yes = "select 'Answer with the word yes.' as prompt" -%}
    {%- set small = dbt_llm._probe_task(task) -%}
    {%- set limits = {'type': 'object', 'properties': {
        'n': {'type': 'integer', 'minimum': 1, 'maximum': 3}, 'tags': {'type': 'array', 'items': {'type': 'string'}, 'minItems': 1, 'maxItems': 2},
    }} -%}
    {%- set connection = ', connection_id => ' ~ dbt_llm.string_literal(task.endpoint.connection) if task.endpoint.get('connection') else '' -%}
    {{ return([
        dbt_llm._probe('generate_text_columns', 'Which columns does a Gemini answer have?', 'AI.GENERATE_TEXT', 1,
            dbt_llm._generate_text_probe_query(small, yes)),
        dbt_llm._probe('generate_text_failure', 'In which words does status tell a failure?', 'AI.GENERATE_TEXT', 1,
            dbt_llm._generate_text_probe_query(dbt_llm._probe_task(task, model_parameters={'max_tokens': 20, 'temperature': 99}), yes)),
        dbt_llm._probe('generate_text_null_prompt', 'What does a NULL prompt give?', 'AI.GENERATE_TEXT', 1,
            dbt_llm._generate_text_probe_query(small, 'select cast(null as string) as prompt')),
        dbt_llm._probe('schema_limits', 'Does model_params take response_schema with minimum and minItems?', 'AI.GENERATE_TEXT', 1,
            dbt_llm._generate_text_probe_query(
                dbt_llm._probe_task(task, model_parameters={'max_tokens': 100}, response_schema=limits),
                "select 'Give the number 2 as n and one tag.' as prompt"
            )),
        dbt_llm._probe('equal_prompts', 'Are equal prompts of one job billed once? Beside the answers, the job\'s statistics say.', 'AI.GENERATE_TEXT', 3,
            dbt_llm._generate_text_probe_query(small, yes ~ ' from unnest([1, 2, 3]) as n')),
        dbt_llm._probe('generate_default_endpoint', 'Which endpoint is the default?', 'AI.GENERATE', 1,
            "select to_json_string(ai.generate('Answer with the word yes.'" ~ connection ~ ')) as result'),
        dbt_llm._probe('generate_null_prompt', 'What does a NULL prompt give?', 'AI.GENERATE', 1,
            'select to_json_string(ai.generate(cast(null as string), endpoint => ' ~ dbt_llm.string_literal(task.endpoint.model_name) ~ connection ~ ')) as result'),
    ]) }}
{%- endmacro -%}

{# All columns of the answers, as one JSON array. #}
{%- macro _generate_text_probe_query(task, prompts) -%}
    {{ return(
        "select concat('[', string_agg(to_json_string(answer), ', '), ']') as result\nfrom ai.generate_text(\n    model `" ~ task.endpoint.model ~ '`,\n    (' ~ prompts
        ~ '),\n    struct(' ~ dbt_llm.string_literal(dbt_llm._gemini_parameters(task)) ~ ' as model_params)\n) as answer'
    ) }}
{%- endmacro -%}

{#
    A script.
    https://docs.cloud.google.com/bigquery/docs/reference/standard-sql/procedural-language (2026-11)
#}
{%- macro bigquery__caught_statement(statements, on_error) -%}
    {{ return('begin\n    ' ~ dbt_llm._from_texts(statements) ~ ';\nexception when error then\n    ' ~ on_error ~ ';\nend') }}
{%- endmacro -%}

{%- macro bigquery__caught_words() -%}
    {{ return('@@error.message') }}
{%- endmacro -%}

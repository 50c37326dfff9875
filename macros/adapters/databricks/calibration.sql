{# The open questions of Databricks. A failing row is caught by ai_query, a refused statement by a script. #}

{%- macro databricks__calibration_probes(task) -%}
    {%- set yes = "'Answer with the word yes.'" -%}
    {%- set model = dbt_llm.string_literal(task.endpoint.model_name) -%}
    {%- set missing = dbt_llm._merged(dbt_llm._probe_task(task), {'endpoint': {'model_name': 'dbt_llm_no_such_endpoint'}}) -%}
    {{ return([
        dbt_llm._probe('answer_fields', 'What are the fields of an answer with failOnError => false, and is there one for tokens?', 'ai_query', 1,
            'select to_json(' ~ dbt_llm._ai_query(yes, dbt_llm._probe_task(task)) ~ ') as result'),
        dbt_llm._probe('failure_fields', 'What are the fields of a failure with failOnError => false, and its words?', 'ai_query', 1,
            'select to_json(' ~ dbt_llm._ai_query(yes, dbt_llm._probe_task(task, model_parameters={'max_tokens': 20, 'temperature': 99})) ~ ') as result'),
        dbt_llm._probe('no_such_endpoint', 'Does a failure that is not a row\'s end the statement with failOnError => false?', 'ai_query', 1,
            'select to_json(' ~ dbt_llm._ai_query(yes, missing) ~ ') as result'),
        dbt_llm._probe('null_request', 'What does a NULL request give?', 'ai_query', 1,
            "select coalesce(to_json(" ~ dbt_llm._ai_query('cast(null as string)', dbt_llm._probe_task(task)) ~ "), 'NULL') as result"),
        dbt_llm._probe('folded_arguments', 'May responseFormat and modelParameters be expressions that fold to a constant?', 'ai_query', 1,
            'select to_json(ai_query(\n        ' ~ model ~ ",\n        'Is ice cold? Answer in JSON with one member, ok, true or false.',"
            ~ "\n        modelParameters => named_struct('max_tokens', 10 + 10),"
            ~ "\n        responseFormat => concat('{\"type\": ', '\"json_object\"}'),\n        failOnError => false\n    )) as result"),
        dbt_llm._probe('classify_default_form', 'Which form of ai_classify is the default?', 'ai_classify', 1,
            "select cast(ai_classify('The parcel is late.', '[\"billing\", \"delivery\"]') as string) as result"),
        dbt_llm._probe('extract_default_form', 'Which form of ai_extract is the default?', 'ai_extract', 1,
            "select cast(ai_extract('Ann lives in Bern.', '[\"name\", \"city\"]') as string) as result"),
        dbt_llm._probe('json_after_value', 'Does try_parse_json see what stands after a value?', 'try_parse_json', 0,
            "select coalesce(cast(try_parse_json('{\"a\": 1} and more') as string), 'NULL') as result"),
    ]) }}
{%- endmacro -%}

{#
    A script, which Databricks SQL and Databricks Runtime 16.3 have.
    https://docs.databricks.com/aws/en/sql/language-manual/control-flow/get-diagnostics-stmt (2026-11)
#}
{%- macro databricks__caught_statement(statements, on_error) -%}
    {{ return(
        'begin\n    declare exit handler for sqlexception\n    begin\n        declare words string;'
        ~ '\n        get diagnostics condition 1 words = message_text;\n        ' ~ on_error ~ ';\n    end;\n    ' ~ dbt_llm._from_texts(statements) ~ ';\nend'
    ) }}
{%- endmacro -%}

{%- macro databricks__caught_words() -%}
    {{ return('words') }}
{%- endmacro -%}

"""Each kind of wrong call is seen, and a right one is let through."""

import pytest

from tests.signatures.calls import calls
from tests.signatures.faults import faults

DATABRICKS = "select ai_query('e', prompt, {}) from t"
SNOWFLAKE = "select ai_complete(model => 'm', prompt => p, {}) from t"
GENERATE = "select ai.generate(p, endpoint => 'e', {}) from t"
TEXT = "select * from ai.generate_text(model `p.d.m`, (select prompt from t), struct({}))"

RIGHT = [
    ("databricks", DATABRICKS.format("failOnError => false")),
    ("databricks", "select ai_query('e', 'Say \"=> (\": ' || body, 'STRING', true, files => image) from t"),
    ("databricks", "select ai_classify(body, array('a', 'b')), ai_classify(body, '[\"a\"]', map('version', '2.0')) from t"),
    ("snowflake", SNOWFLAKE.format("model_parameters => {'temperature': 0, 'max_tokens': 9}, show_details => true")),
    ("snowflake", SNOWFLAKE.format("response_format => type object(a number)")),
    ("snowflake", "select ai_complete('m', p) from t"),
    ("snowflake", "select ai_complete(model => 'm', predicate => 'What?', file => to_file('@s', f)) from t"),
    ("snowflake", "select ai_classify(b, ['x', 'y'], {'output_mode': 'multi'}, return_error_details => true):labels[0] from t"),
    ("snowflake", "select ai_count_tokens('ai_complete', 'm', b), ai_count_tokens('ai_classify', b, ['x']) from t"),
    ("bigquery", GENERATE.format("model_params => json '{\"tools\": []}'")),
    ("bigquery", "select ai.if(prompt => ('Is it good? ', body), endpoint => 'e') from t"),
    ("bigquery", TEXT.format("0 as temperature, ['x'] as stop_sequences")),
    ("bigquery", "select * from ai.generate_text(model p.d.m, table p.d.t, struct(9 as max_output_tokens))"),
    ("bigquery", "select 'ai.generate(nothing)' /* ai.generate(nothing) */ as text -- ai.generate(nothing)"),
]
WRONG = [
    ("databricks", DATABRICKS.format("failOnErr => false"), "failOnErr is no argument"),
    ("databricks", DATABRICKS.format("failonerror => false"), "failonerror is no argument"),
    ("databricks", "select ai_query('e', failOnError => false) from t", "request is missing"),
    ("databricks", "select ai_query(e, prompt) from t", "endpoint is not a constant"),
    ("databricks", "select ai_query('e', prompt, endpoint => 'f') from t", "endpoint is given twice"),
    ("databricks", DATABRICKS.format("failOnError => false, failOnError => true"), "failOnError is given twice"),
    ("databricks", DATABRICKS.format("failOnError => 'false'"), "failOnError is STRING. Expected BOOLEAN"),
    ("databricks", DATABRICKS.format("failOnError => not true"), "failOnError is not a constant"),
    ("databricks", "select ai_query(endpoint => 'e', prompt) from t", "number 2, stands behind a named one"),
    ("databricks", "select ai_query('e', prompt, 'STRING', true, named_struct('top_p', 1)) from t", "argument 5 is one too many"),
    ("databricks", DATABRICKS.format("named_struct('temperature', 0)"), "returnType is STRUCT. Expected STRING"),
    ("databricks", DATABRICKS.format("modelParameters => named_struct('top_p', '1')"), "modelParameters.top_p is STRING"),
    ("databricks", DATABRICKS.format("modelParameters => named_struct('top_p', a)"), "modelParameters is not a constant"),
    ("databricks", DATABRICKS.format("responseFormat => '{\"type\": '"), "responseFormat is not JSON"),
    ("databricks", DATABRICKS.format("responseFormat => '{\"name\": 1}'"), "responseFormat has no type"),
    ("databricks", "select ai_classify(content => body, array('a')) from t", "content has no name that a call may use"),
    ("databricks", "select ai_classify(body, array('a', 1)) from t", "labels is ARRAY"),
    ("databricks", "select ai_translate(body, 'xx') from t", "to_lang is 'xx'"),
    ("databricks", "select ai_complete('m', body) from t", "databricks has no such function"),
    ("snowflake", "select ai_query('m', body) from t", "snowflake has no such function"),
    ("snowflake", "select snowflake.cortex.complete('m', body) from t", "snowflake has no such function"),
    ("snowflake", SNOWFLAKE.format("model_parameters => {'temprature': 0}"), "no field 'temprature'"),
    ("snowflake", SNOWFLAKE.format("model_parameters => {'top_p': 0, 'top_p': 1}"), "has top_p twice"),
    ("snowflake", SNOWFLAKE.format("model_parameters => null"), "model_parameters is NULL"),
    ("snowflake", SNOWFLAKE.format("model_parameters => 'temperature'"), "model_parameters is STRING"),
    ("snowflake", SNOWFLAKE.format("response_format => {'type': 'json'}"), "response_format has no schema"),
    (
        "snowflake",
        SNOWFLAKE.format(
            "response_format => {'type': 'json', 'schema': {'type': 'object', 'properties': "
            "{'minimum': {'type': ['number', 'null'], 'minimum': 0}}}}"
        ),
        "response_format has the keyword minimum on a node of type number",
    ),
    ("snowflake", "select ai_complete('m', p, {}, {}, true, true) from t", "argument 6 is one too many"),
    ("snowflake", "select ai_extract(text => b, response_format => ['a']) from t", "response_format is no argument"),
    ("bigquery", GENERATE.format("end_point => 'f'"), "end_point is no argument"),
    ("bigquery", GENERATE.format("model_params => '{}'"), "model_params is STRING. Expected JSON"),
    ("bigquery", GENERATE.format("model_params => json '{'"), "model_params is not JSON"),
    ("bigquery", GENERATE.format("model_params => json '{\"contents\": []}'"), "model_params must not have contents"),
    ("bigquery", GENERATE.format("model_params => parse_json(p)"), "model_params is not a constant"),
    ("bigquery", GENERATE.format("request_type => 'ALONE'"), "request_type is 'ALONE'"),
    ("bigquery", "select ai.generate(endpoint => 'e') from t", "prompt is missing"),
    ("bigquery", "select ai.embed(b, endpoint => 'e', model => 'm') from t", "endpoint and model exclude each other"),
    ("bigquery", "select ai.generate_texts(b) from t", "bigquery has no such function"),
    ("bigquery", TEXT.format("0 as temperature, json '{}' as model_params"), "exclude each other"),
    ("bigquery", TEXT.format("'0' as temperature"), "settings.temperature is STRING"),
    ("bigquery", TEXT.format("0 as temprature"), "no field 'temprature'"),
    ("bigquery", TEXT.format("0"), "settings has no field ''"),
    ("bigquery", "select * from ai.generate_text((select prompt from t), struct(0 as top_p))", "model is TABLE. Expected MODEL"),
    ("bigquery", "select * from ai.generate_text(model p.d.m, t, struct(0 as top_p))", "input is EXPRESSION. Expected TABLE"),
    ("bigquery", "select * from ai.generate_table(model p.d.m, table t, struct(0 as top_p))", "settings has no output_schema"),
]


@pytest.mark.parametrize(("adapter", "sql"), RIGHT)
def test_a_right_call_has_no_fault(adapter: str, sql: str) -> None:
    assert [fault for call in calls(sql, adapter) for fault in faults(call, adapter)] == []


@pytest.mark.parametrize(("adapter", "sql", "expected"), WRONG)
def test_a_wrong_call_is_told(adapter: str, sql: str, expected: str) -> None:
    told = [fault for call in calls(sql, adapter) for fault in faults(call, adapter)]
    assert any(expected in fault for fault in told), told


def test_calls_are_found_wherever_they_stand() -> None:
    sql = "select ai_complete('m', 'Sum up: ' || ai_complete('m', p)):value[0], f(AI_EMBED('m', p)) from t where ai_filter(p)"
    assert [call.function for call in calls(sql, "snowflake")] == ["ai_complete", "ai_complete", "AI_EMBED", "ai_filter"]
    assert list(calls("select 'ai_complete()', ai_complete, my_ai_complete(p), max(p) from ai_log", "snowflake")) == []


def test_a_call_knows_where_its_arguments_stand() -> None:
    sql = "select * from ai.generate_text(model `a.b`, (select ')' as prompt), struct(1 as top_p))"
    [call] = calls(sql, "bigquery")
    assert sql[call.start : call.end] == sql.removeprefix("select * from ")
    assert [sql[argument.start : argument.end] for argument in call.arguments] == [
        "model `a.b`",
        "(select ')' as prompt)",
        "struct(1 as top_p)",
    ]

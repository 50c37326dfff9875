"""The golden SQL for Databricks, executed by open-source Spark 4: the keys are Python's, and the answers are judged alike.

It proves the SQL and its functions, not ai_query and not the service. Spark is heavy, so it lives in an environment of
its own: `make executed-spark`.
"""

import datetime
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dbt_llm.contract import request_key
from tests.support.judged import COMPLETIONS, JUDGEMENTS, MOMENTS, macros, normalised, reason_query
from tests.support.response_formats import FORMATS, decoded, is_lost, of_databricks

pytest.importorskip("pyspark", reason="Spark is not installed here; `make executed-spark` makes an environment with it")

from pyspark.sql import Row, SparkSession
from pyspark.sql.functions import udf

pytestmark = pytest.mark.skipif(
    shutil.which("java") is None and "JAVA_HOME" not in os.environ,
    reason="Java is not installed here. Run: make system, as root, on Debian or Ubuntu",
)

GOLDEN = Path(__file__).parents[1] / "golden"
TASK = yaml.safe_load((GOLDEN / "project" / "models" / "golden.yml").read_text())["models"][0]["config"]["meta"]["llm"]
PROMPT = TASK["prompt"].rstrip("\n")  # dbt takes the line break at the end away
MODEL = "databricks-meta-llama-3-3-70b-instruct"
RESPONSES = (
    "request_key string, model_name string, status string, completion string, error_class string,"
    " error_message string, attempt bigint, responded_at timestamp, supersedes_attempt bigint"
)
ANSWERS = {
    '{"has_pii": true, "pii_types": ["email"], "confidence": 0.5}': None,
    '{"has_pii": true, "pii_types": [], "confidence": 1}': None,
    "not json": "invalid_json",
    '["an array"]': "invalid_json",
    "null": "invalid_json",
    '{"has_pii": true, "pii_types": []}': "missing:confidence",
    '{"has_pii": "yes", "pii_types": [], "confidence": 1}': "wrong_type:has_pii",
    '{"has_pii": null, "pii_types": [], "confidence": 1}': "wrong_type:has_pii",
    '{"has_pii": true, "pii_types": "email", "confidence": 1}': "wrong_type:pii_types",
    '{"has_pii": true, "pii_types": [1], "confidence": 1}': "wrong_type:pii_types",
    '{"has_pii": true, "pii_types": ["email", "name"], "confidence": 1}': "not_in_enum:pii_types",
    '{"has_pii": true, "pii_types": [], "confidence": 1.01}': "out_of_range:confidence",
    '{"has_pii": true, "pii_types": [], "confidence": -1}': "out_of_range:confidence",
}


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    session = builder.config("spark.sql.shuffle.partitions", "1").getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


def run(spark: SparkSession, bodies: list[str | None], responses: list[tuple[Any, ...]]) -> list[Row]:
    """The task's table over these messages, in their order."""
    messages = [(i, "chat", body) for i, body in enumerate(bodies)]
    spark.createDataFrame(messages, "message_id bigint, channel string, body string").createOrReplaceTempView("messages")
    spark.createDataFrame(responses, RESPONSES).createOrReplaceTempView("dbt_llm__responses")
    sql = (GOLDEN / "databricks" / "enrich__table.sql").read_text().replace("`golden`.`main`.", "")
    return sorted(spark.sql(sql).collect(), key=lambda row: int(row.message_id))


def key_of(body: str) -> str:
    return request_key(
        PROMPT.replace("{body}", body),
        model_name=MODEL,
        model_parameters=TASK["model_parameters"],
        response_format=TASK["response_format"],
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=20))
def test_the_keys_are_pythons(spark: SparkSession, bodies: list[str]) -> None:
    rows = run(spark, [*bodies, 'it\'s "quoted" \\ {{ x }} ${y} \r\n\t😀', None], [])
    expected = [key_of(body) for body in [*bodies, 'it\'s "quoted" \\ {{ x }} ${y} \r\n\t😀']]
    assert [row.llm_request_key for row in rows] == [*expected, None]
    assert [row.llm_status for row in rows] == ["pending"] * len(expected) + ["skipped"]


def test_answers_are_judged(spark: SparkSession) -> None:
    bodies = [f"message {i}" for i in range(len(ANSWERS))]
    now = datetime.datetime(2026, 1, 1)
    responses = [
        (key_of(body), MODEL, "succeeded", answer, None, None, 1, now, None) for body, answer in zip(bodies, ANSWERS, strict=True)
    ]
    rows = run(spark, list(bodies), responses)
    assert [row.llm_reason for row in rows] == list(ANSWERS.values())
    assert (rows[0].has_pii, rows[0].pii_types, rows[0].confidence) == (True, ["email"], 0.5)
    assert all(row.has_pii is None and row.pii_types is None for row in rows if row.llm_status != "succeeded")


def answers(spark: SparkSession, completions: Iterable[str]) -> None:
    spark.createDataFrame(list(enumerate(completions)), "n bigint, completion string").createOrReplaceTempView("answers")


@pytest.mark.parametrize("case", [pytest.param(case, id=json.dumps(case["response_format"])) for case in JUDGEMENTS])
def test_completions_are_judged_as_everywhere(spark: SparkSession, case: dict[str, Any]) -> None:
    answers(spark, (answer["completion"] for answer in case["cases"]))
    found = spark.sql(reason_query(normalised(case["response_format"]), "databricks", "answers")).collect()
    assert {case["cases"][row.n]["completion"]: row.reason for row in found} == {
        answer["completion"]: answer["reason"] for answer in case["cases"]
    }


@settings(max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_sent_allows_nothing_that_is_quarantined(spark: SparkSession, data: st.DataObject) -> None:
    schema = normalised(data.draw(FORMATS))
    sent = of_databricks(schema)
    completions = [json.dumps(data.draw(decoded(sent))) for _ in range(10)]
    answers(spark, completions)
    for row in spark.sql(reason_query(schema, "databricks", "answers")).collect():
        assert row.reason is None or is_lost(row.reason, schema, sent), (row, completions, sent)


def test_moments_are_those_of_every_adapter(spark: SparkSession) -> None:
    """Alone, in an object and in an array."""
    answers(spark, (json.dumps({"a": text, "b": {"t": text}, "c": [text]}) for text in MOMENTS))
    moment = {"type": "string", "format": "date-time"}
    schemas = {"a": moment, "b": {"type": "object", "properties": {"t": moment}}, "c": {"type": "array", "items": moment}}
    call = macros("databricks").call
    columns = ", ".join(
        f"{call('typed_value', call('json_member', 'j', name), schema)} as {name}" for name, schema in schemas.items()
    )
    found = spark.sql(
        f"select {columns} from (select n, {call('parse_json', 'completion')} as j from answers) order by n"
    ).collect()
    expected = [datetime.datetime.fromisoformat(moment).timestamp() for moment in MOMENTS.values()]
    assert [row.a.timestamp() for row in found] == expected
    assert [row.b.t.timestamp() for row in found] == expected
    assert [row.c[0].timestamp() for row in found] == expected


def test_the_object_of_a_completion(spark: SparkSession) -> None:
    """Spark's parser ends with the first value, so that on Databricks what stands after an object is not seen."""
    answers(spark, (case["completion"] for case in COMPLETIONS))
    call = macros("databricks").call
    parsed = call("parse_wrapped_json", "completion")
    document = f"case when schema_of_variant({parsed}) like 'OBJECT<%' then to_json({parsed}) end"
    found = spark.sql(f"select {document} as document from answers order by n").collect()
    objects = [row.document and json.loads(row.document) for row in found]
    assert objects == [{"ok": True} if case["completion"].startswith('{"ok": true}') else case["value"] for case in COMPLETIONS]


@pytest.mark.parametrize("model", ["enrich__every_schema_construct", "enrich__hostile_prompt"])
def test_spark_runs_it(spark: SparkSession, model: str) -> None:
    run(spark, ["a", None], [])
    sql = (GOLDEN / "databricks" / f"{model}.sql").read_text().replace("`golden`.`main`.", "")
    assert len(spark.sql(sql).collect()) == 2


def test_both_names_of_the_fields_are_read_and_failures_told_apart(spark: SparkSession) -> None:
    answers = {
        '{"result": "{\\"has_pii\\": true}"}': (None, '{"has_pii": true}'),
        '{"response": "x", "errorStatus": null}': (None, "x"),
        '{"result": null, "errorMessage": "429 Too Many Requests"}': ("throttled", None),
        '{"response": null, "errorStatus": "HTTP 503 for request 14290"}': ("provider_error", None),
        '{"result": null, "errorMessage": "400: bad schema"}': ("invalid_request", None),
        '{"result": null, "errorMessage": "the limit is 4000 tokens"}': ("provider_error", None),
        '{"result": "half", "errorMessage": "request timed out"}': ("timeout", None),
        '{"result": null}': ("provider_error", None),
    }
    rows = [(str(i), 0, "prompt", answer) for i, answer in enumerate(answers)]
    spark.createDataFrame(rows, "request_key string, attempt bigint, prompt string, response string").createOrReplaceTempView(
        "staged"
    )
    golden = (GOLDEN / "databricks" / "answer__chunk.sql").read_text()
    found = spark.sql(golden[golden.index("select *\nfrom (") :]).orderBy("request_key").collect()
    assert [(row.error_class, row.completion) for row in found] == list(answers.values())


def test_an_inline_call_reads_both_names_and_is_made_once(spark: SparkSession) -> None:
    """Of a function that counts its calls, in the place of ai_query."""
    calls = spark.sparkContext.accumulator(0)

    def answer(prompt: str, fails: bool) -> tuple[str | None, str | None]:
        calls.add(1)
        return (None, f"429 for {prompt}") if fails else (f"answer to {prompt}", None)

    messages = [(0, "a", False), (1, "b", True)]
    spark.createDataFrame(messages, "n bigint, body string, fails boolean").createOrReplaceTempView("messages")
    for names in ("result string, errorMessage string", "response string, errorStatus string"):
        spark.udf.register("counted", udf(answer, names).asNondeterministic())
        value = macros("databricks").call("_answer_of_one_call", "counted(body, fails)")
        rows = spark.sql(f"select n, {value} as value from messages order by n").collect()
        assert [row.value for row in rows] == ["answer to a", None]
    assert calls.value == 2 * len(messages)


def test_an_embedding_is_an_array(spark: SparkSession) -> None:
    vector = "named_struct('response', array(cast(0.1 as float), cast(-2.5 as float)), 'errorStatus', cast(null as string))"
    value = macros("databricks").call("_answer_of_one_call", vector)
    [row] = spark.sql(f"select from_json({value}, 'array<float>') as value").collect()
    assert row.value == pytest.approx([0.1, -2.5])

"""The golden SQL for BigQuery, executed by the stand-in: the keys are Python's, and the answers are judged alike.

It proves the SQL against the documented meaning of BigQuery's functions, not against the service
(integration_tests/stand_ins/bigquery/README.md). The stand-in lives in an environment of its own: `make stand-ins`.
"""

import datetime
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.api_core.exceptions import BadRequest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dbt_llm.contract import request_key
from dbt_llm.testing import ChatRequest, Reply, Server, from_schema
from tests.support.judged import COMPLETIONS, JUDGEMENTS, MOMENTS, macros, normalised, reason_query
from tests.support.response_formats import FORMATS, decoded, is_lost, of_bigquery
from tests.support.stand_in import StandIn

GOLDEN = Path(__file__).parents[1] / "golden"
TASKS = {
    model["name"]: model["config"]["meta"]["llm"]
    for model in yaml.safe_load((GOLDEN / "project" / "models" / "golden.yml").read_text())["models"]
    if "llm" in model.get("config", {}).get("meta", {})
}
MODEL = "gemini-3.1-flash-lite"
MESSAGES = {"message_id": "INT64", "channel": "STRING", "body": "STRING"}
RESPONSES = {
    "request_key": "STRING", "model_name": "STRING", "status": "STRING", "completion": "STRING", "error_class": "STRING",
    "error_message": "STRING", "attempt": "INT64", "responded_at": "TIMESTAMP", "supersedes_attempt": "INT64",
}  # fmt: skip
HOSTILE = 'it\'s "quoted" \\ {{ x }} ${y} \r\n\t😀'
PII = {"has_pii": True, "pii_types": ["email"], "confidence": 0.5}
ANSWERS = {
    json.dumps(PII): None,
    '{"has_pii": true, "pii_types": [], "confidence": 1}': None,
    '{"has_pii": true, "pii_types": [], "confidence": 0.1000000000000000055511151231257827}': None,
    "not json": "invalid_json",
    "": "invalid_json",
    '["an array"]': "invalid_json",
    "null": "invalid_json",
    '{"has_pii": true, "pii_types": [], "confidence": NaN}': "invalid_json",
    '{"has_pii": true, "pii_types": []}': "missing:confidence",
    '{"has_pii": "yes", "pii_types": [], "confidence": 1}': "wrong_type:has_pii",
    '{"has_pii": null, "pii_types": [], "confidence": 1}': "wrong_type:has_pii",
    '{"has_pii": true, "pii_types": "email", "confidence": 1}': "wrong_type:pii_types",
    '{"has_pii": true, "pii_types": [1], "confidence": 1}': "wrong_type:pii_types",
    '{"has_pii": true, "pii_types": ["email", "name"], "confidence": 1}': "not_in_enum:pii_types",
    '{"has_pii": true, "pii_types": [], "confidence": 1.01}': "out_of_range:confidence",
    '{"has_pii": true, "pii_types": [], "confidence": -1}': "out_of_range:confidence",
}
CONSTRUCTS = {
    "kind": "abc", "count": 7.0, "version": 2, "score": None, "level": 3, "due_on": "2026-01-31",
    "seen_at": "2026-02-03T04:05:06+02:00",
    "address": {"city": "Zürich", "zip": None}, "lines": [{"name": 'a "b"', "tags": ["x", "y"]}, {"name": "c"}],
}  # fmt: skip
BROKEN = {
    "unexpected_property": {"more": 1},
    "missing:kind": {"kind": ...},
    "wrong_length:kind": {"kind": ""},
    "no_match:kind": {"kind": "ABC"},
    "wrong_type:count": {"count": 1.5},
    "out_of_range:count": {"count": 100},
    "not_const:version": {"version": 3},
    "out_of_range:score": {"score": 0},
    "not_in_enum:level": {"level": 4},
    "wrong_format:due_on": {"due_on": "2026-02-30"},
    "wrong_format:seen_at": {"seen_at": "yesterday"},
    "unexpected_property:address": {"address": {"city": "a", "zip": 1, "more": 2}},
    "missing:address.zip": {"address": {"city": "a"}},
    "out_of_range:address.zip": {"address": {"city": "a", "zip": 1e30}},
    "wrong_length:lines": {"lines": []},
    "wrong_type:lines": {"lines": ["a"]},
    "missing:lines.name": {"lines": [{"tags": []}]},
    "wrong_type:lines.tags": {"lines": [{"name": "a", "tags": [1]}]},
    "wrong_length:lines.tags": {"lines": [{"name": "a", "tags": ["more than nine"]}]},
}


class Warehouse:
    """BigQuery's own client, and the golden SQL's dataset."""

    def __init__(self, target: dict[str, Any], server: Server) -> None:
        self.server = server
        self._client = bigquery.Client(
            "golden", credentials=AnonymousCredentials(), client_options={"api_endpoint": target["api_endpoint"]}, location="US"
        )
        self._client.create_dataset("golden.main")
        self.query(f"create model `golden.main.gemini_flash` remote with connection default options (endpoint = '{MODEL}')")

    def query(self, sql: str) -> list[bigquery.Row]:
        return list(self._client.query(sql, retry=None, job_retry=None).result(retry=None))

    def golden(self, model: str) -> list[bigquery.Row]:
        return self.query((GOLDEN / "bigquery" / f"{model}.sql").read_text())

    def load(self, table: str, columns: dict[str, str], rows: list[tuple[Any, ...]]) -> None:
        """Replace a table."""
        typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        self.query(f"create or replace table main.{table} ({typed})")
        if rows:
            schema = [bigquery.SchemaField(name, kind) for name, kind in columns.items()]
            lines = [json.dumps(dict(zip(columns, row, strict=True))) for row in rows]
            config = bigquery.LoadJobConfig(schema=schema, source_format="NEWLINE_DELIMITED_JSON")
            self._client.load_table_from_file(
                io.BytesIO("\n".join(lines).encode()), f"golden.main.{table}", job_config=config
            ).result()


def answer(request: ChatRequest) -> str | Reply:
    return from_schema(request) if "response_format" in request.body else f"echo of {request.prompt}"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    log = tmp_path_factory.mktemp("stand_in") / "log.txt"
    with Server(answer) as server, StandIn("bigquery", server.base_url, log) as target:
        yield Warehouse(target, server)


def run(warehouse: Warehouse, model: str, bodies: list[str | None], completions: list[str]) -> list[bigquery.Row]:
    """A task's table over these messages, in their order; the first have these answers."""
    warehouse.load("messages", MESSAGES, [(i, "chat", body) for i, body in enumerate(bodies)])
    at = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc).isoformat()
    warehouse.load("dbt_llm__responses", RESPONSES, [
        (key_of(model, str(body)), MODEL, "succeeded", completion, None, None, 1, at, None)
        for body, completion in zip(bodies, completions, strict=False)
    ])  # fmt: skip
    return sorted(warehouse.golden(model), key=lambda row: int(row.message_id))


def key_of(model: str, body: str) -> str:
    task = TASKS[model]
    prompt = task["prompt"].rstrip("\n")  # dbt takes the line break at the end away
    return request_key(
        "{body}".join(part.replace("{body}", body) for part in prompt.split("\\{body}")).replace("{channel?}", "chat"),
        model_name=MODEL,
        model_parameters=task.get("model_parameters", {}),
        response_format=task["response_format"],
    )


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=20))
def test_the_keys_are_pythons(warehouse: Warehouse, bodies: list[str]) -> None:
    rows = run(warehouse, "enrich__table", [*bodies, HOSTILE, None], [])
    expected = [key_of("enrich__table", body) for body in [*bodies, HOSTILE]]
    assert [row.llm_request_key for row in rows] == [*expected, None]
    assert [row.llm_status for row in rows] == ["pending"] * len(expected) + ["skipped"]


def test_answers_are_judged(warehouse: Warehouse) -> None:
    bodies: list[str | None] = [f"message {i}" for i in range(len(ANSWERS))]
    rows = run(warehouse, "enrich__table", bodies, list(ANSWERS))
    assert [row.llm_reason for row in rows] == list(ANSWERS.values())
    assert {name: rows[0][name] for name in PII} == PII
    # BigQuery knows no NULL array: it hands out an empty one.
    assert all(row.has_pii is None and row.pii_types == [] for row in rows if row.llm_status != "succeeded")
    golden = (GOLDEN / "bigquery" / "enrich__table.sql").read_text()
    warehouse.query(f"create or replace view main.as_view as {golden}")
    assert warehouse.query("select * from main.as_view order by message_id") == rows
    warehouse.query(f"create or replace table main.enrich__table as {golden}")
    streams = [row.stream for row in warehouse.golden("valid__and_quarantined")]
    assert (streams.count("valid"), streams.count("quarantined")) == (3, len(ANSWERS) - 3)


def test_every_construct_is_typed_and_judged(warehouse: Warehouse) -> None:
    answers = [CONSTRUCTS] + [{k: v for k, v in {**CONSTRUCTS, **broken}.items() if v is not ...} for broken in BROKEN.values()]
    bodies: list[str | None] = [f"message {i}" for i in range(len(answers))]
    rows = run(warehouse, "enrich__every_schema_construct", bodies, [json.dumps(value) for value in answers])
    assert [row.llm_reason for row in rows] == [None, *BROKEN]
    assert {name: rows[0][name] for name in CONSTRUCTS} == {
        **CONSTRUCTS,
        "due_on": datetime.date(2026, 1, 31),
        "seen_at": datetime.datetime(2026, 2, 3, 2, 5, 6, tzinfo=datetime.timezone.utc),
        "lines": [{"name": 'a "b"', "tags": ["x", "y"]}, {"name": "c", "tags": []}],
    }


@pytest.mark.parametrize("case", [pytest.param(case, id=json.dumps(case["response_format"])) for case in JUDGEMENTS])
def test_completions_are_judged_as_everywhere(warehouse: Warehouse, case: dict[str, Any]) -> None:
    rows = [(n, answer["completion"]) for n, answer in enumerate(case["cases"])]
    warehouse.load("answers", {"n": "INT64", "completion": "STRING"}, rows)
    found = warehouse.query(reason_query(normalised(case["response_format"]), "bigquery", "main.answers"))
    assert {rows[row.n][1]: row.reason for row in found} == {answer["completion"]: answer["reason"] for answer in case["cases"]}


@settings(max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_sent_allows_nothing_that_is_quarantined(warehouse: Warehouse, data: st.DataObject) -> None:
    schema = normalised(data.draw(FORMATS))
    sent = of_bigquery(schema)
    completions = [json.dumps(data.draw(decoded(sent))) for _ in range(10)]
    warehouse.load("answers", {"n": "INT64", "completion": "STRING"}, list(enumerate(completions)))
    for row in warehouse.query(reason_query(schema, "bigquery", "main.answers")):
        assert row.reason is None or is_lost(row.reason, schema, sent), (row, completions, sent)


def test_moments_are_those_of_every_adapter(warehouse: Warehouse) -> None:
    warehouse.load("answers", {"n": "INT64", "completion": "STRING"}, [(n, json.dumps(text)) for n, text in enumerate(MOMENTS)])
    call = macros("bigquery").call
    parsed = call("parse_json", text_expression="completion")
    moment = call("typed_value", json_expression="j", schema={"type": "string", "format": "date-time"})
    found = warehouse.query(f"select {moment} as moment from (select n, {parsed} as j from main.answers) order by n")
    assert [row.moment.isoformat() for row in found] == list(MOMENTS.values())


def test_the_object_of_a_completion(warehouse: Warehouse) -> None:
    rows = [(n, case["completion"]) for n, case in enumerate(COMPLETIONS)]
    warehouse.load("answers", {"n": "INT64", "completion": "STRING"}, rows)
    call = macros("bigquery").call
    parsed = call("parse_wrapped_json", text_expression="completion")
    document = f"case when json_type({parsed}) = 'object' then to_json_string({parsed}) end"
    found = warehouse.query(f"select {document} as document from main.answers order by n")
    assert [row.document and json.loads(row.document) for row in found] == [case["value"] for case in COMPLETIONS]


def test_a_hostile_template(warehouse: Warehouse) -> None:
    rows = run(warehouse, "enrich__hostile_prompt", [HOSTILE, None], ['{"answer": "it\'s \\\\ fine"}'])
    assert [(row.llm_status, row.answer) for row in rows] == [("succeeded", "it's \\ fine"), ("skipped", None)]


@pytest.mark.parametrize(
    "model", ["dbt_llm__responses", "dbt_llm__runs", "dbt_llm__quarantine", "dbt_llm__batches", "dbt_llm__batch_requests"]
)
def test_the_packages_tables_are_empty(warehouse: Warehouse, model: str) -> None:
    assert warehouse.golden(model) == []


@pytest.mark.parametrize(("model", "column"), [("complete", "english"), ("classify", "topic"), ("extract", "order_json")])
def test_the_inline_macros_call_once_a_row(warehouse: Warehouse, model: str, column: str) -> None:
    warehouse.load("messages", MESSAGES, [(0, "chat", HOSTILE), (1, "chat", "another"), (2, "chat", None)])
    warehouse.server.counters.reset()
    values = {row.message_id: row[column] for row in warehouse.golden(f"{model}__inline")}
    assert warehouse.server.counters.calls == 2
    assert any(HOSTILE in prompt for prompt in warehouse.server.counters.prompts)
    assert values[0] is not None and values[2] is None


def test_a_chunk_is_called_and_read(warehouse: Warehouse) -> None:
    prompts = {"key 1": HOSTILE, "key 2": "fails", "key 3": "is throttled", "key 4": "x" * 1_000_000}
    work = {"n": "INT64", "request_key": "STRING", "attempt": "INT64", "prompt": "STRING"}
    warehouse.load("work", work, [(n, key, 0, prompt) for n, (key, prompt) in enumerate(prompts.items(), 1)])
    refused = {"fails": Reply("no such field", status=400), "is throttled": Reply("slow down", status=429)}
    warehouse.server.answer = lambda request: refused.get(request.prompt) or answer(request)
    warehouse.server.counters.reset()
    golden = (GOLDEN / "bigquery" / "answer__chunk.sql").read_text().replace("from work\n", "from main.work\n")
    rows = {row.request_key: row for row in warehouse.query(golden)}
    warehouse.server.answer = answer
    assert sorted(warehouse.server.counters.prompts) == sorted(prompts.values())
    assert [rows[key].error_class for key in prompts] == [None, "invalid_request", "throttled", None]
    assert "slow down" in rows["key 3"].error_message and rows["key 3"].completion is None
    assert rows["key 1"].input_tokens > 0 and rows["key 1"].finish_reason == "STOP"


def test_both_spellings_of_full_response_are_read_and_failures_told_apart(warehouse: Warehouse) -> None:
    rest = {
        "candidates": [{"finishReason": "STOP"}], "modelVersion": "m-001",
        "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 2, "thoughtsTokenCount": 3},
    }  # fmt: skip
    protocol = {
        "candidates": [{"finish_reason": "STOP"}], "model_version": "m-001",
        "usage_metadata": {"prompt_token_count": 5, "candidates_token_count": 2, "thoughts_token_count": 3},
    }  # fmt: skip
    staged = {
        "rest": ("text", rest, "", (None, "text", 5, 5, "m-001")),
        "protocol": ("text", protocol, "", (None, "text", 5, 5, "m-001")),
        "truncated": ("te", {"candidates": [{"finish_reason": "MAX_TOKENS"}]}, "", ("truncated", "te", None, 0, None)),
        "unsafe": (None, {"candidates": [{"finishReason": "SAFETY"}]}, "", ("refused", None, None, 0, None)),
        "blocked": (None, {"promptFeedback": {"blockReason": "OTHER"}}, "", ("refused", None, None, 0, None)),
        "quota": (None, None, "A retryable error occurred: RESOURCE_EXHAUSTED error", ("throttled", None, None, 0, None)),
        "later": (None, None, "A retryable error occurred: UNAVAILABLE", ("provider_error", None, None, 0, None)),
        "bad": (None, None, "INVALID_ARGUMENT: Unknown name", ("invalid_request", None, None, 0, None)),
        "silent": (None, None, None, ("provider_error", None, None, 0, None)),
    }
    columns = {
        "request_key": "STRING",
        "attempt": "INT64",
        "prompt": "STRING",
        "result": "STRING",
        "raw": "STRING",
        "status": "STRING",
    }
    warehouse.load("staged_texts", columns, [
        (key, 0, "prompt", result, full and json.dumps(full), status) for key, (result, full, status, _) in staged.items()
    ])  # fmt: skip
    warehouse.query(
        "create or replace table main.staged as select * except (raw), parse_json(raw) as full_response from main.staged_texts"
    )
    golden = (GOLDEN / "bigquery" / "answer__chunk.sql").read_text()
    rows = {
        row.request_key: row
        for row in warehouse.query(golden[golden.index("select *\nfrom (") :].replace("from staged", "from main.staged"))
    }
    names = ("error_class", "completion", "input_tokens", "output_tokens", "response_model")
    assert {key: tuple(rows[key][name] for name in names) for key in staged} == {key: case[3] for key, case in staged.items()}


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("ai.generate(body, endpoint => 'g', temperature => 1).result", "temperature"),
        ("ai.generate(body, endpoint => 'g', endpoint => 'h').result", "endpoint"),
        ("ai.generate(endpoint => 'g').result", "prompt"),
        ("ai.generate(body, model_params => to_json(1)).result", "literal"),
        ('ai.generate(body, model_params => json \'{"generation_config": {"max_tokens": 1}}\').result', "max_tokens"),
    ],
)
def test_the_stand_in_refuses_what_bigquery_does(warehouse: Warehouse, call: str, said: str) -> None:
    warehouse.load("messages", MESSAGES, [(0, "chat", "a")])
    with pytest.raises(BadRequest, match=said):
        warehouse.query(f"select {call} from main.messages")

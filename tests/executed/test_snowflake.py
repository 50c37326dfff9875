"""The golden SQL for Snowflake, executed by its stand-in: the keys are Python's, and the answers are judged alike.

It proves the SQL and its functions as far as DuckDB answers for Snowflake; the stand-in's README says how far that is.
"""

import datetime
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from snowflake.connector import SnowflakeConnection
from snowflake.connector.errors import ProgrammingError

from dbt_llm.contract import request_key
from dbt_llm.testing import ChatRequest, Reply, Server, from_schema
from tests.support.judged import COMPLETIONS, JUDGEMENTS, MOMENTS, macros, normalised, reason_query
from tests.support.response_formats import FORMATS, decoded, is_lost, of_snowflake
from tests.support.stand_in import StandIn

GOLDEN = Path(__file__).parents[1] / "golden"
TASK = yaml.safe_load((GOLDEN / "project" / "models" / "golden.yml").read_text())["models"][0]["config"]["meta"]["llm"]
PROMPT = TASK["prompt"].rstrip("\n")  # dbt takes the line break at the end away
MODEL = "llama3.3-70b"
HOSTILE = 'it\'s "quoted" \\ \\n {{ x }} ${y} $z $$ %s ? :1 \r\n\t😀 \u202e\u0001'
RESPONSES = (
    "request_key varchar, model_name varchar, status varchar, completion varchar, error_class varchar,"
    " error_message varchar, attempt bigint, responded_at timestamp_ntz, supersedes_attempt bigint"
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
GOOD: dict[str, Any] = {
    "kind": "parcel", "count": 3, "version": 2, "score": 0.5, "level": 1, "due_on": "2026-01-31",
    "seen_at": "2026-02-03T04:05:06+02:00", "address": {"city": "Zürich", "zip": None},
    "lines": [{"name": "a", "tags": ["x", "y"]}, {"name": "b"}],
}  # fmt: skip
CONSTRUCTS: dict[str | None, list[dict[str, Any]]] = {
    None: [{}, {"count": 3.0}, {"score": None}],
    "unexpected_property": [{"more": 1}],
    "missing:kind": [{"kind": ...}],
    "wrong_type:kind": [{"kind": 1}],
    "wrong_length:kind": [{"kind": ""}, {"kind": "x" * 21}],
    "no_match:kind": [{"kind": "Parcel 1"}],
    "wrong_type:count": [{"count": 1.5}, {"count": "1"}],
    "out_of_range:count": [{"count": -1}, {"count": 100}],
    "not_const:version": [{"version": 3}],
    "out_of_range:score": [{"score": 0}],
    "not_in_enum:level": [{"level": 4}],
    "wrong_format:due_on": [{"due_on": "2026-02-30"}, {"due_on": "31.1.2026"}],
    "wrong_format:seen_at": [{"seen_at": "2026-02-03"}, {"seen_at": "2026-02-03T25:00:00Z"}],
    "missing:address": [{"address": ...}],
    "wrong_type:address": [{"address": "Zürich"}],
    "unexpected_property:address": [{"address": {"city": "Z", "zip": 1, "street": "S"}}],
    "missing:address.city": [{"address": {"zip": 1}}],
    "wrong_type:address.zip": [{"address": {"city": "Z", "zip": "1"}}],
    "wrong_length:lines": [{"lines": []}, {"lines": [{"name": "a"}] * 11}],
    "wrong_type:lines": [{"lines": ["a"]}],
    "missing:lines.name": [{"lines": [{"name": "a"}, {"tags": []}]}],
    "wrong_type:lines.tags": [{"lines": [{"name": "a", "tags": [1]}]}, {"lines": [{"name": "a", "tags": "x"}]}],
    "wrong_length:lines.tags": [{"lines": [{"name": "a", "tags": ["x" * 10]}]}],
}
Row = dict[str, Any]


def answer(request: ChatRequest) -> str | Reply:
    """What the prompt asks for: a status, a text, or what the schema allows."""
    words = request.prompt.split()
    if words[0] == "status":
        return Reply(f"This is status {words[1]}.", status=int(words[1]))
    if words[0] == "prose":
        return "Sure! Here it is."
    return from_schema(request) if "response_format" in request.body else f"echo of {request.prompt}"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(answer) as running:
        yield running


@pytest.fixture(scope="module")
def snowflake_session(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SnowflakeConnection]:
    """A session in the golden SQL's schema. Values are bound by the server, so that no literal is in their way."""
    log = tmp_path_factory.mktemp("snowflake") / "stand_in.log"
    names = ("account", "user", "password", "host", "port", "protocol", "warehouse", "role")
    with StandIn("snowflake", server.base_url, log) as target:
        options = {name: target[name] for name in names}
        with snowflake.connector.connect(**options, database="GOLDEN", schema="MAIN", paramstyle="qmark") as session:
            yield session


def query(session: SnowflakeConnection, sql: str) -> list[Row]:
    cursor = session.cursor().execute(sql)
    assert cursor is not None
    names = [column.name.lower() for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def write(session: SnowflakeConnection, table: str, columns: str, rows: Sequence[tuple[Any, ...]]) -> None:
    session.cursor().execute(f"create or replace table {table} ({columns})")
    if rows:
        session.cursor().executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", rows)


def run(
    session: SnowflakeConnection, model: str, bodies: Sequence[str | None], responses: Sequence[tuple[Any, ...]] = ()
) -> list[Row]:
    """The rows of a model of the golden project over these messages, in their order."""
    write(session, "messages", "message_id bigint, channel varchar, body varchar", [(i, "c", b) for i, b in enumerate(bodies)])
    write(session, "dbt_llm__responses", RESPONSES, responses)
    rows = query(session, (GOLDEN / "snowflake" / f"{model}.sql").read_text())
    return sorted(rows, key=lambda row: int(row["message_id"]))


def answered(keys: Sequence[str], completions: Sequence[str]) -> list[tuple[Any, ...]]:
    now = datetime.datetime(2026, 1, 1)
    answers = zip(keys, completions, strict=True)
    return [(key, MODEL, "succeeded", completion, None, None, 1, now, None) for key, completion in answers]


def key_of(body: str) -> str:
    return request_key(
        PROMPT.replace("{body}", body),
        model_name=MODEL,
        model_parameters=TASK["model_parameters"],
        response_format=TASK["response_format"],
    )


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1, max_size=20))
def test_the_keys_are_pythons(snowflake_session: SnowflakeConnection, bodies: list[str]) -> None:
    rows = run(snowflake_session, "enrich__table", [*bodies, HOSTILE, None])
    expected = [key_of(body) for body in [*bodies, HOSTILE]]
    assert [row["llm_request_key"] for row in rows] == [*expected, None]
    assert [row["llm_status"] for row in rows] == ["pending"] * len(expected) + ["skipped"]


def test_answers_are_judged(snowflake_session: SnowflakeConnection) -> None:
    bodies = [f"message {i}" for i in range(len(ANSWERS))]
    responses = answered([key_of(body) for body in bodies], list(ANSWERS))
    rows = run(snowflake_session, "enrich__table", bodies, responses)
    assert [row["llm_reason"] for row in rows] == list(ANSWERS.values())
    assert rows[0]["has_pii"] is True and rows[0]["confidence"] == 0.5
    assert json.loads(rows[0]["pii_types"]) == ["email"]
    assert all(row["has_pii"] is None and row["pii_types"] is None for row in rows if row["llm_status"] != "succeeded")


def test_every_construct_of_a_schema_is_judged(snowflake_session: SnowflakeConnection) -> None:
    cases = [(reason, change) for reason, changes in CONSTRUCTS.items() for change in changes]
    bodies = [f"message {i}" for i in range(len(cases))]
    model = "enrich__every_schema_construct"
    keys = [row["llm_request_key"] for row in run(snowflake_session, model, bodies)]
    completions = [json.dumps({k: v for k, v in {**GOOD, **change}.items() if v is not ...}) for _, change in cases]
    rows = run(snowflake_session, model, bodies, answered(keys, completions))
    assert [row["llm_reason"] for row in rows] == [reason for reason, _ in cases]
    good = rows[0]
    assert (good["kind"], good["count"], good["version"], good["score"], good["level"]) == ("parcel", 3, 2, 0.5, 1)
    assert good["due_on"] == datetime.date(2026, 1, 31)
    assert good["seen_at"] == datetime.datetime.fromisoformat(GOOD["seen_at"])
    assert (json.loads(good["address"]), json.loads(good["lines"])) == (GOOD["address"], GOOD["lines"])


def test_a_format_allows_null_where_the_schema_does(snowflake_session: SnowflakeConnection) -> None:
    model = "enrich__every_schema_construct"
    [pending] = run(snowflake_session, model, ["a"])
    response = answered([pending["llm_request_key"]], [json.dumps({**GOOD, "due_on": None})])
    assert [row["llm_reason"] for row in run(snowflake_session, model, ["a"], response)] == [None]


@pytest.mark.parametrize("case", [pytest.param(case, id=json.dumps(case["response_format"])) for case in JUDGEMENTS])
def test_completions_are_judged_as_everywhere(snowflake_session: SnowflakeConnection, case: dict[str, Any]) -> None:
    answers = [(n, answer["completion"]) for n, answer in enumerate(case["cases"])]
    write(snowflake_session, "answers", "n bigint, completion varchar", answers)
    found = query(snowflake_session, reason_query(normalised(case["response_format"]), "snowflake", "answers"))
    assert {answers[row["n"]][1]: row["reason"] for row in found} == {
        answer["completion"]: answer["reason"] for answer in case["cases"]
    }


@settings(max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_sent_allows_nothing_that_is_quarantined(snowflake_session: SnowflakeConnection, data: st.DataObject) -> None:
    schema = normalised(data.draw(FORMATS))
    sent = of_snowflake(schema)
    completions = [json.dumps(data.draw(decoded(sent))) for _ in range(10)]
    write(snowflake_session, "answers", "n bigint, completion varchar", list(enumerate(completions)))
    for row in query(snowflake_session, reason_query(schema, "snowflake", "answers")):
        assert row["reason"] is None or is_lost(row["reason"], schema, sent), (row, completions, sent)


def test_moments_are_those_of_every_adapter(snowflake_session: SnowflakeConnection) -> None:
    write(snowflake_session, "answers", "n bigint, completion varchar", [(n, json.dumps(text)) for n, text in enumerate(MOMENTS)])
    call = macros("snowflake").call
    parsed = call("parse_json", text_expression="completion")
    moment = call("typed_value", json_expression="j", schema={"type": "string", "format": "date-time"})
    found = query(
        snowflake_session, f"select {moment} as moment from (select n, {parsed} as j from answers) as parsed order by n"
    )
    utc = datetime.timezone.utc
    assert [row["moment"].astimezone(utc).isoformat() for row in found] == list(MOMENTS.values())


def test_the_object_of_a_completion(snowflake_session: SnowflakeConnection) -> None:
    answers = [(n, case["completion"]) for n, case in enumerate(COMPLETIONS)]
    write(snowflake_session, "answers", "n bigint, completion varchar", answers)
    call = macros("snowflake").call
    parsed = call("parse_wrapped_json", text_expression="completion")
    document = f"case when typeof({parsed}) = 'OBJECT' then to_json({parsed}) end"
    found = query(snowflake_session, f"select {document} as document from answers order by n")
    assert [row["document"] and json.loads(row["document"]) for row in found] == [case["value"] for case in COMPLETIONS]


def test_a_hostile_prompt_has_pythons_key(snowflake_session: SnowflakeConnection) -> None:
    rows = run(snowflake_session, "enrich__hostile_prompt", ["a", None])
    prompt = 'It\'s "a" \\ c {body} {"json": [1]} $$ -- /* 🙂 */\n\ttabbed'
    key = request_key(prompt, model_name=MODEL, model_parameters={}, response_format={"answer": {"type": "string"}})
    assert [row["llm_request_key"] for row in rows] == [key, None]


def test_a_chunk_is_called_once_and_its_failures_are_told_apart(snowflake_session: SnowflakeConnection, server: Server) -> None:
    prompts = {
        HOSTILE: None, "x" * 1_000_000: None, "prose": "invalid_json", "status 429": "throttled",
        "status 503": "provider_error", "status 400": "invalid_request",
    }  # fmt: skip
    work = [(n, str(n), 0, prompt) for n, prompt in enumerate(prompts, 1)]
    write(snowflake_session, "work", "n bigint, request_key varchar, attempt bigint, prompt varchar", work)
    server.counters.reset()
    rows = query(snowflake_session, (GOLDEN / "snowflake" / "answer__chunk.sql").read_text())
    assert sorted(server.counters.prompts) == sorted(prompts)
    rows.sort(key=lambda row: int(row["request_key"]))
    assert [row["error_class"] for row in rows] == list(prompts.values())
    assert [row["completion"] is None for row in rows] == [reason is not None for reason in prompts.values()]
    assert set(json.loads(rows[0]["completion"])) == {"has_pii", "note", "kind"}
    assert rows[0]["input_tokens"] > 0 and rows[0]["output_tokens"] > 0


def test_inline_macros_and_streams(snowflake_session: SnowflakeConnection, server: Server) -> None:
    server.counters.reset()
    assert [row["english"] for row in run(snowflake_session, "complete__inline", ["a", None])] == [
        "echo of Translate to English: a",
        None,
    ]
    assert {row["topic"] for row in run(snowflake_session, "classify__inline", ["a", "b"])} <= {"billing", "can't tell"}
    assert "order_id" in json.loads(run(snowflake_session, "extract__inline", ["a"])[0]["order_json"])
    assert server.counters.calls == 1 + 2 + 1
    responses = answered([key_of("a"), key_of("b")], [next(iter(ANSWERS)), "not json"])
    run(snowflake_session, "enrich__table", ["a", "b", "c"], responses)
    table = (GOLDEN / "snowflake" / "enrich__table.sql").read_text()
    snowflake_session.cursor().execute(f"create or replace table enrich__table as (\n{table}\n)")
    streams = (GOLDEN / "snowflake" / "valid__and_quarantined.sql").read_text()
    assert {(row["stream"], row["message_id"]) for row in query(snowflake_session, streams)} == {
        ("valid", 0),
        ("quarantined", 1),
    }


CALL = "select ai_complete(model => 'm', prompt => 'p', {}show_details => true, return_error_details => true)"
REFUSED = {
    CALL.format("temperature => 1, "): "invalid argument name temperature",
    CALL.format("prompt => 'q', "): "duplicate argument prompt",
    "select ai_complete(model => 'm', show_details => true, return_error_details => true)": "missing argument prompt",
    "select ai_query('m', 'p')": "Unknown function AI_QUERY",
    "select regexp_matches('a', 'b')": "Unknown function REGEXP_MATCHES",
    "select body ->> 'a' from messages": "syntax error",
    "merge into work using (select 1 as n union all select 1) as s on work.n = s.n when matched then update set attempt = s.n": (
        "Duplicate row detected during DML action"
    ),
}


@pytest.mark.parametrize("sql", REFUSED)
def test_the_stand_in_refuses_what_snowflake_does(snowflake_session: SnowflakeConnection, server: Server, sql: str) -> None:
    server.counters.reset()
    write(snowflake_session, "messages", "body varchar", [("a",)])
    write(snowflake_session, "work", "n bigint, attempt bigint", [(1, 0)])
    with pytest.raises(ProgrammingError, match=REFUSED[sql]):
        query(snowflake_session, sql)
    assert query(snowflake_session, "select attempt from work") == [{"attempt": 0}]
    assert server.counters.calls == 0


def test_keywords_that_snowflake_refuses_are_refused(snowflake_session: SnowflakeConnection, server: Server) -> None:
    server.counters.reset()
    schema = "{'type': 'object', 'properties': {'n': {'type': 'number', 'minimum': 0}}, 'required': ['n']}"
    sql = CALL.format(f"response_format => {{'type': 'json', 'schema': {schema}}}, ")
    [row] = query(snowflake_session, f"{sql} as response")
    assert "input schema validation error" in json.loads(row["response"])["error"]
    assert server.counters.calls == 0


@pytest.mark.parametrize(
    "model", ["dbt_llm__responses", "dbt_llm__runs", "dbt_llm__quarantine", "dbt_llm__batches", "dbt_llm__batch_requests"]
)
def test_the_package_tables_are_made(snowflake_session: SnowflakeConnection, model: str) -> None:
    assert query(snowflake_session, (GOLDEN / "snowflake" / f"{model}.sql").read_text()) == []

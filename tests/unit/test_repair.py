"""meta.llm.repair by the engines of Python models, in this process: whatever asks, a refused answer is asked for once more."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dbt_llm.engines import auto
from dbt_llm.engines.sinks import known_keys
from dbt_llm.macros import Macros
from dbt_llm.testing import ChatRequest, Reply, Server
from dbt_llm.warehouses.duckdb import DuckDbWarehouse
from tests.support.batch_clients import needs_client
from tests.support.python_road import PythonRoad
from tests.support.repairs import BAD, REPAIRING, insists, mends

BODIES = [f"message {i}" for i in range(15)] + ["message 0", "message 14"]


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(mends) as running:
        yield running


def road(folder: Path, server: Server, **task: Any) -> PythonRoad:
    entry = {"model_name": "test-model", "base_url": server.base_url}
    return PythonRoad(folder, {**REPAIRING, "engine": "async", **task}, BODIES, **{"async": entry})


def bill(of: PythonRoad) -> tuple[int, int]:
    [(sent, repairs)] = of.rows("select sum(sent_requests), sum(repair_requests) from dbt_llm__runs")
    return int(sent), int(repairs)


def test_what_is_refused_is_asked_once_more_in_the_same_run(tmp_path: Path, server: Server) -> None:
    task = road(tmp_path, server)
    task.run()
    assert task.statuses() == {("succeeded", None): 17}
    assert server.counters.calls == 15 + 5 and bill(task) == (20, 5)
    twice = task.rows("select list(attempt order by attempt) from dbt_llm__responses group by request_key having count(*) > 1")
    assert twice == [([1, 2],)] * 5
    task.run()
    assert server.counters.calls == 20


def test_what_stays_bad_is_final(tmp_path: Path, server: Server) -> None:
    server.answer = insists
    task = road(tmp_path, server)
    for _ in range(2):
        task.run()
        assert server.counters.calls == 20
        assert sum(count for (status, _), count in task.statuses().items() if status == "quarantined") == 6


def test_without_repair_nothing_is_asked_again_and_with_it_later_only_what_was_refused(tmp_path: Path, server: Server) -> None:
    task = road(tmp_path, server, repair=0)
    task.run()
    assert server.counters.calls == 15 and ("quarantined", "invalid_json") in task.statuses()
    # As where a run is killed between the answers and their repairs.
    task.llm["repair"] = 1
    task.run(mode="cache_only")
    assert server.counters.calls == 15
    assert task.statuses()["pending", "invalid_json"] == 2
    assert task.rows("select left_requests, stop_reason from dbt_llm__runs order by started_at desc limit 1") == [
        (5, "cache_only")
    ]
    task.run()
    assert server.counters.calls == 20 and task.statuses() == {("succeeded", None): 17}
    assert bill(task) == (20, 5)


@pytest.mark.parametrize(("limit", "calls"), [(15, [15, 20]), (17, [17, 20]), (8, [8, 16, 20])])
def test_a_limit_counts_repairs(limit: int, calls: list[int], tmp_path: Path, server: Server) -> None:
    task = road(tmp_path, server, limits={"requests": limit})
    for expected in calls:
        task.run()
        assert server.counters.calls == expected
        [(left,)] = task.rows("select left_requests from dbt_llm__runs order by started_at desc limit 1")
        assert (left > 0) == any(status == "pending" for status, _ in task.statuses())
    assert task.statuses() == {("succeeded", None): 17}


def test_attempts_are_bounded_and_a_repair_that_fails_in_passing_is_tried_again(tmp_path: Path, server: Server) -> None:
    def fails(request: ChatRequest) -> str | Reply:
        return Reply("busy", status=503) if "<complaint>" in request.prompt else mends(request)

    server.answer = fails
    task = road(tmp_path, server, retries=0, max_attempts=3)
    task.run()
    pending = {reason for status, reason in task.statuses() if status == "pending"}
    assert "missing:confidence" in pending and server.counters.calls >= 16
    task.run()
    task.run()
    calls = server.counters.calls
    task.run()
    assert server.counters.calls == calls
    assert {status for status, _ in task.statuses()} == {"succeeded", "quarantined"}
    assert task.rows("select max(attempt) from dbt_llm__responses") == [(3,)]


def test_what_was_cut_off_gets_twice_the_tokens(tmp_path: Path, server: Server) -> None:
    asked: list[int] = []

    def cuts(request: ChatRequest) -> str | Reply:
        asked.append(request.body["max_tokens"])
        if request.prompt.startswith("Personal data? <message>message 3<") and request.body["max_tokens"] < 100:
            return Reply('{"has_pii": tr', finish_reason="length")
        return mends(request) if "message 1<" in request.prompt or "message 0<" in request.prompt else json.dumps(
            {"has_pii": True, "pii_types": [], "confidence": 0.5}
        )  # fmt: skip

    server.answer = cuts
    task = road(tmp_path, server)
    task.run()
    assert task.statuses() == {("succeeded", None): 17}
    # Two that were no JSON or cut off, and one that lacked a property.
    assert sorted(asked) == [50] * 16 + [100] * 2


def test_requeue_asks_with_the_complaint(tmp_path: Path, server: Server) -> None:
    server.answer = insists
    task = road(tmp_path, server)
    task.run()
    assert server.counters.calls == 20
    with pytest.raises(Exception, match="has no `repair`"):
        task.llm["repair"] = 0
        task.requeue(repair=True)
    task.llm["repair"] = 1
    task.requeue(reason="missing:confidence")
    task.run()
    # It is a repair, and no more than one.
    assert server.counters.calls == 21 and bill(task)[1] == 6
    task.requeue(reason="missing:confidence", repair=False)
    server.answer = mends
    task.run()
    # In its own words first, then with the complaint.
    assert server.counters.calls == 23
    task.requeue()
    task.run()
    assert server.counters.calls == 27 and task.statuses() == {("succeeded", None): 17}
    task.run()
    assert server.counters.calls == 27


def test_requeue_begins_anew_where_the_repair_itself_was_refused(tmp_path: Path, server: Server) -> None:
    def refuses_repairs(request: ChatRequest) -> str | Reply:
        if "<complaint>" in request.prompt:
            return Reply("", finish_reason="content_filter")
        return insists(request)

    server.answer = refuses_repairs
    task = road(tmp_path, server)
    task.run()
    before = server.counters.calls
    server.answer = mends
    task.requeue()
    task.run()
    assert server.counters.calls > before and task.statuses() == {("succeeded", None): 17}


def test_a_complaint_is_in_words_and_shows_the_answer(tmp_path: Path, server: Server) -> None:
    server.answer = insists
    task = road(tmp_path, server, store_prompts=True)
    task.run()
    asked = {int(prompt.split("message ")[1].split("<")[0]): prompt
             for (prompt,) in task.rows("select prompt from dbt_llm__responses where attempt = 2")}  # fmt: skip
    assert "it is not one JSON object." in asked[0] and f"<earlier_answer>\n{BAD[0]}\n</earlier_answer>" in asked[0]
    assert "a property is missing, at 'confidence'. Expected of 'confidence': " in asked[1] and '"minimum":0' in asked[1]
    assert "a value is none of those allowed, at 'pii_types'" in asked[3]
    assert all(prompt.startswith("Personal data? <message>message") for prompt in asked.values())


class ChunkEngine:
    """The SQL functions' road, in chunks of four, with a function of Python for the warehouse's."""

    def __init__(self, connection: Any) -> None:
        self.entry = {"model_name": "test-model"}
        self.asked: list[tuple[str, int]] = []
        connection.create_function("ask", self.ask, ["VARCHAR", "BIGINT"], "VARCHAR")

    def ask(self, prompt: str, max_tokens: int) -> str:
        self.asked.append((prompt, max_tokens))
        return mends(ChatRequest(prompt, [], "", {}, {}))

    def answers(self) -> dict[str, Any]:
        return {
            "_engine_name": lambda: "warehouse",
            "_endpoint_faults": lambda _: [],
            "_warn_of_duplicate_requests": lambda _: None,
            "before_calls": lambda **_: None,
            "complete_relation": lambda **_: None,
            "chunk_size": lambda: 4,
            "call_model_query": lambda work, task, first, last: (
                f"select request_key, attempt, prompt, ask(prompt, {task['model_parameters']['max_tokens']}) as response"
                f" from {work} where n between {first} and {last}"
            ),
            "answers_query": lambda stage, task: (  # noqa: ARG005 - as the macro is called
                "select request_key, attempt, prompt, response as completion, null::varchar as known_class, null::varchar as"
                " error_message, null::varchar as finish_reason, 10 as input_tokens, 5 as output_tokens, null::varchar as"
                f" response_model from {stage}"
            ),
        }


def test_in_chunks_of_a_warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = PythonRoad(tmp_path, {**REPAIRING, "engine": "async", "limits": {"requests": 17}}, BODIES)
    engine = ChunkEngine(task.connection)
    monkeypatch.setattr("dbt_llm.engines.choose", lambda *_: engine)
    task.run()
    # What is no JSON comes last, as it may have been cut off.
    assert len(engine.asked) == 17 and {tokens for _, tokens in engine.asked} == {50}
    assert task.rows("select stop_reason, left_requests from dbt_llm__runs") == [("limit:requests", 3)]
    task.run()
    assert len(engine.asked) == 20 and [tokens for _, tokens in engine.asked].count(100) == 1
    assert task.statuses() == {("succeeded", None): 17} and bill(task) == (20, 5)
    task.run()
    assert len(engine.asked) == 20
    [left] = task.rows(
        "select count(*) from information_schema.tables where table_name similar to '.*__dbt_llm_(requests|round|again|answers)'"
    )
    assert left == (0,)


PRICES = {"input_usd_per_million_tokens": 1.0, "output_usd_per_million_tokens": 4.0}


@pytest.mark.parametrize("engine", ["batch", "auto"])
def test_in_batches_a_later_run_submits_the_repairs_and_one_more_collects_them(
    engine: str, tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So they do where `auto` takes a batch, which it does for the repairs as for the others."""
    needs_client("openai")
    monkeypatch.setattr(auto, "SMALLEST_SAVING_USD", 0.0)
    entry = {
        "provider": "openai",
        "model_name": "test-model",
        "base_url": server.base_url,
        "api_key_env": "DBT_LLM_TEST_KEY",
        **PRICES,
    }
    task = PythonRoad(tmp_path, {**REPAIRING, "engine": engine, "deadline": "24h"}, BODIES, **{"batch": entry, "async": entry})
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DBT_LLM_TEST_KEY", "sk-test")
        task.run()
        assert server.counters.submitted_in_batches == 15
        server.batches.finish()
        task.run()
        # What a run has collected it repairs; two jobs, as one has more tokens.
        assert server.counters.submitted_in_batches == 20 and bill(task) == (20, 5)
        assert task.statuses()["pending", "missing:confidence"] == 1
        task.run()
        assert server.counters.submitted_in_batches == 20
        server.batches.finish()
        task.run()
        assert task.statuses() == {("succeeded", None): 17}
        task.run()
        assert server.counters.submitted_in_batches == 20
    [(succeeded, cost)] = task.rows("select sum(succeeded_requests), sum(cost_usd) from dbt_llm__runs")
    [(kept, spent)] = task.rows("select count(*), sum(cost_usd) from dbt_llm__responses")
    assert int(succeeded) == kept == 20 and cost == pytest.approx(spent)


def test_whether_a_write_came_to_pass_is_told_by_its_attempt(tmp_path: Path) -> None:
    """What a broken write, or a stage, holds of a repair is not the first answer that the same run has written."""
    task = PythonRoad(tmp_path, REPAIRING, BODIES)
    task.connection.execute(
        "insert into dbt_llm__responses (request_key, status, attempt, invocation_id) values ('k', 'succeeded', 1, 'run-1')"
    )

    def known(attempt: int) -> set[str]:
        return known_keys(DuckDbWarehouse(task.connection), "dbt_llm__responses", {"k": attempt}, "run-1")

    assert known(1) == {"k"} and known(2) == set()


@pytest.mark.parametrize(
    ("llm", "fault"),
    [
        ({"repair": 0, "max_attempts": 1}, None),
        ({"repair": 1, "max_attempts": 2}, None),
        ({"repair": 1}, None),
        ({"repair": 2}, "meta.llm.repair: not a count. Expected 0, or 1"),
        ({"repair": True}, "meta.llm.repair: not a count. Expected 0, or 1"),
        ({"repair": "1"}, "meta.llm.repair: not a count. Expected 0, or 1"),
        ({"repair": 1, "max_attempts": 1}, "meta.llm.repair: no attempt is left for it"),
    ],
)
def test_what_is_wrong_with_it_is_said(llm: dict[str, Any], fault: str | None) -> None:
    found = Macros("duckdb", {}).call("_repair_faults", llm)
    assert found == [] if fault is None else found[0].startswith(fault)


@pytest.mark.parametrize("path", ["", ":x", ":address.city"])
def test_every_reason_of_validation_has_words(path: str) -> None:
    """Those that docs/quarantine.md lists are those that the rules give, which a test of the pages holds."""
    macros = Macros("duckdb", {})
    schema = {
        "type": "object",
        "additionalProperties": False,
        "required": ["a"],
        "properties": {
            "a": {"type": "string", "minLength": 1, "pattern": "^a$", "format": "date", "enum": ["a"]},
            "b": {"type": "array", "minItems": 1, "items": {"type": "integer", "const": 2, "minimum": 1}},
            "c": {"type": "object", "additionalProperties": False, "required": [], "properties": {}},
        },
    }
    reasons = {rule["reason"].split(":")[0] for rule in macros.call("_validation_rules", schema, "value", "x")}
    assert {"missing", "wrong_type", "unexpected_property", "no_match", "wrong_format", "not_const", "out_of_range"} <= reasons
    for reason in reasons | {"invalid_json", "truncated"}:
        words = macros.call("_reason_in_words", reason + path)
        assert words.endswith(".") and (path.removeprefix(":") in words)

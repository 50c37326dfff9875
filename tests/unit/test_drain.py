"""The embedded engine on DuckDB: one call answers a work table and says what it did."""

import datetime
import json
import logging
import tracemalloc
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from dbt_llm.duckdb import register
from dbt_llm.duckdb_tables import WorkTable
from dbt_llm.responses import COLUMNS
from dbt_llm.testing import Faults, Server, constant
from tests.support.runs import database, drain, drain_options, write_work

PROMPTS = [f"message {number}" for number in range(60)]


@pytest.fixture
def connection() -> Iterator[Any]:
    made = database()
    write_work(made, PROMPTS)
    yield made
    made.close()


def rows(connection: Any, query: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = connection.execute(query).fetchall()
    return found


def test_every_request_is_answered_once(connection: Any) -> None:
    with Server(constant("{}")) as server:
        result = drain(connection, server.base_url)
    assert result.pop("seconds") > 0
    assert result == {
        "requests": 60, "sent": 60, "calls": 60, "succeeded": 60, "failed": 0, "left": 0,
        "throttled": 0, "input_tokens": 180, "output_tokens": 60, "cost_usd": None,
        "stopped": None, "message": None,
    }  # fmt: skip
    query = "select count(*), count(distinct request_key) from responses"
    assert rows(connection, query) == [(60, 60)]


def test_a_row_of_the_responses_table(connection: Any) -> None:
    connection.execute("update work set attempt = 2")
    prices = {"input_usd_per_million_tokens": 1.0, "output_usd_per_million_tokens": 2.0}
    with Server(constant("{}")) as server:
        result = drain(
            connection,
            server.base_url,
            endpoint=prices,
            prompt_version="abc",
            invocation_id="i-1",
        )
    cursor = connection.execute("select * from responses where request_key = 'key-1'")
    names = [column[0] for column in cursor.description]
    row = dict(zip(names, cursor.fetchall()[0], strict=True))
    assert tuple(names) == COLUMNS
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    for name in ("requested_at", "responded_at"):
        assert abs(now - row.pop(name)) < datetime.timedelta(seconds=30)
    assert row.pop("latency_ms") >= 0
    assert row.pop("cost_usd") == pytest.approx(3e-6 + 2e-6)
    assert row == {
        "request_key": "key-1", "task": "pii_risk", "model_name": "m", "prompt_version": "abc",
        "status": "succeeded", "completion": "{}", "error_class": None, "error_message": None,
        "finish_reason": "stop", "input_tokens": 3, "output_tokens": 1, "attempt": 3,
        "engine": "embedded", "response_model": "m-stand-in", "batch_id": None,
        "invocation_id": "i-1", "prompt": None, "cached_input_tokens": 0,
    }  # fmt: skip
    assert result["cost_usd"] == pytest.approx(180e-6 + 120e-6)


@pytest.mark.parametrize("superseded", [0, 2])
def test_attempts_before_a_requeue_are_no_failures_of_this_round(connection: Any, superseded: int) -> None:
    """A request that a round has kept as failed uses up its attempts; one that was requeued is as good as new."""
    connection.execute("update work set attempt = 2, superseded = $superseded", {"superseded": superseded})
    connection.execute("delete from work where n > 5")
    with Server(faults=Faults(status_always=403)) as server:
        drain(connection, server.base_url)
    kept = rows(connection, "select count(*), min(attempt) from responses")
    assert kept == ([(5, 3)] if superseded == 0 else [(0, None)])


def test_prompts_are_stored_when_asked(connection: Any) -> None:
    with Server() as server:
        drain(connection, server.base_url, store_prompts=True)
    assert {prompt for (prompt,) in rows(connection, "select prompt from responses")} == set(PROMPTS)


def test_hostile_prompts_reach_the_server(connection: Any) -> None:
    prompts = [
        "'; drop table responses; --",
        '"}]}',
        "\x00",
        "𝔘\u202e\n\t\\",
        "{body}",
        "%s ? $1",
    ]
    write_work(connection, prompts)
    with Server() as server:
        assert drain(connection, server.base_url)["succeeded"] == len(prompts)
        assert sorted(server.counters.prompts) == sorted(prompts)


def test_an_empty_work_table_costs_nothing(connection: Any) -> None:
    write_work(connection, [])
    with Server() as server:
        result = drain(connection, server.base_url)
        assert (result["requests"], result["calls"], server.counters.calls) == (0, 0, 0)


def test_a_limit_leaves_the_rest(connection: Any) -> None:
    with Server() as server:
        result = drain(connection, server.base_url, limits={"requests": 25})
        assert (result["sent"], result["left"], server.counters.calls) == (25, 35, 25)
    assert result["stopped"] == "limit:requests"
    assert result["message"] == ("dbt_llm.enrich: the limit of 25 requests is reached; 35 requests stay pending.")


def test_a_fatal_answer_keeps_the_rest_pending(connection: Any) -> None:
    with Server(faults=Faults(status_always=401)) as server:
        result = drain(connection, server.base_url)
        assert result["calls"] == server.counters.calls <= 18
    assert (result["stopped"], result["left"], result["failed"]) == ("fatal", 60, 0)
    assert rows(connection, "from responses") == []


def test_wrong_options_are_fatal_and_cost_nothing(connection: Any) -> None:
    result = drain(connection, "nowhere", retry=5)
    assert result["stopped"] == "fatal" and "'retry'" in result["message"]
    result = drain(connection, "nowhere")
    assert result["message"].startswith("dbt_llm.enrich: endpoint 'fast' has a wrong base_url.")


def test_tables_that_cannot_work_are_fatal_and_cost_nothing(connection: Any) -> None:
    with Server() as server:
        connection.execute("create table other as select request_key from responses")
        result = drain(connection, server.base_url, responses_relation="other")
        assert result["stopped"] == "fatal" and "lacks attempt, batch_id" in result["message"]
        connection.execute("update work set n = n + 1")
        result = drain(connection, server.base_url)
        assert result["stopped"] == "fatal" and "Expected n from 1 to 60" in result["message"]
        assert server.counters.calls == 0


def test_a_lost_table_raises(connection: Any) -> None:
    with Server() as server, pytest.raises(duckdb.Error, match="no_such_table"):
        drain(connection, server.base_url, work_relation="no_such_table")


def test_a_lone_surrogate_costs_no_answer(connection: Any) -> None:
    with Server(lambda _: '"half an emoji: \ud83d"') as server:
        result = drain(connection, server.base_url)
    assert (result["succeeded"], result["stopped"]) == (60, None)
    assert connection.execute("select count(*) from responses where completion like '%half an emoji: \ufffd%'").fetchall() == [
        (60,)
    ]


def test_cache_only_sends_nothing(connection: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBT_LLM_MODE", "cache_only")
    with Server() as server:
        result = drain(connection, server.base_url)
        assert (result["stopped"], result["left"], server.counters.calls) == (
            "cache_only",
            60,
            0,
        )


def test_nothing_is_sent_outside_dbt_unless_asked(connection: Any) -> None:
    with Server() as server:
        with pytest.raises(duckdb.Error, match=r"called outside dbt\. Expected `dbt run` or `dbt build`"):
            drain(connection, server.base_url, allow_outside_dbt=False)
        assert server.counters.calls == 0


@pytest.mark.parametrize(
    ("command", "empty", "allowed"),
    [
        ("run", False, True),
        ("build", False, True),
        ("run", True, False),
        *[(name, False, False) for name in ("test", "show", "compile", "run-operation", "seed")],
    ],
)
def test_only_run_and_build_spend(
    connection: Any,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    empty: bool,
    allowed: bool,
) -> None:
    from argparse import Namespace

    from dbt import flags

    monkeypatch.setattr(flags, "GLOBAL_FLAGS", Namespace(WHICH=command, EMPTY=empty))
    with Server() as server:
        if allowed:
            assert drain(connection, server.base_url)["succeeded"] == 60
        else:
            # That it may be used outside dbt does not allow it inside.
            with pytest.raises(duckdb.Error, match=f"got `dbt {command}"):
                drain(connection, server.base_url)
            assert server.counters.calls == 0


def test_no_key_and_no_prompt_in_anything_that_is_shown(
    connection: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from dbt_llm.testing import ChatRequest, Reply

    key, secret = "sk-0123456789abcdef", "my number is 555-0199, call me any time"
    monkeypatch.setenv("THE_KEY", key)
    caplog.set_level(logging.DEBUG)

    def tell(request: ChatRequest) -> Reply:
        if request.prompt == "another":
            return Reply("{}")
        return Reply(f"{request.headers['Authorization']} sent '{request.prompt}'", status=400)

    write_work(connection, [f"{secret} {number}" for number in range(25)])
    with Server(tell) as server:
        shown = [json.dumps(drain(connection, server.base_url, endpoint={"api_key_env": "THE_KEY"}))]
        write_work(connection, [secret, "another"])
        drain(connection, server.base_url, endpoint={"api_key_env": "THE_KEY"})
    shown += [str(row) for row in rows(connection, "from responses")]
    shown.append(caplog.text)
    assert "answered 400" in shown[0] and any("invalid_request" in text for text in shown[1:])
    for text in shown:
        assert key not in text and "555-0199" not in text and "call me any" not in text


def test_a_missing_key_is_fatal(connection: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THE_KEY", raising=False)
    with Server() as server:
        result = drain(connection, server.base_url, endpoint={"api_key_env": "THE_KEY"})
        assert (result["stopped"], server.counters.calls) == ("fatal", 0)
    assert "'THE_KEY', which is not set" in result["message"]


def test_the_work_table_is_read_in_slices() -> None:
    import asyncio

    connection = duckdb.connect()
    connection.execute(
        "create table work as select i as n, 'k' || i as request_key, repeat('x', 1000) || i as prompt,"
        " 0 as attempt, 0 as superseded from range(1, 50001) t(i)"
    )
    work = WorkTable(connection.cursor(), "work", "responses")
    assert work.count() == 50_000

    async def read() -> tuple[int, int]:
        number = longest = 0
        async for requests in work.slices():
            for request in requests:
                number += 1
                assert request.key == f"k{number}"
            longest = max(longest, len(requests))
        return number, longest

    tracemalloc.start()
    number, longest = asyncio.run(read())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    work.close()
    connection.close()
    assert number == 50_000 and longest <= 4096
    # All of it would be 50 MB.
    assert peak < 25e6


def test_more_than_one_row_of_options_is_an_error(connection: Any) -> None:
    options = json.dumps(drain_options("http://127.0.0.1:9/v1"))
    with pytest.raises(duckdb.Error, match="Expected one row; got 3"):
        connection.execute(
            "select dbt_llm_drain($o || left(i::varchar, 0)) from range(3) t(i)",
            {"o": options},
        )


def test_a_second_connection_to_the_same_database_can_register(tmp_path: Any) -> None:
    first = database(str(tmp_path / "a.duckdb"))
    write_work(first, PROMPTS)
    second = duckdb.connect(str(tmp_path / "a.duckdb"))
    register(second)
    first.close()
    with Server() as server:
        assert drain(second, server.base_url)["succeeded"] == 60
    second.close()


def test_a_failed_insert_ends_the_drain(connection: Any) -> None:
    connection.execute("drop table responses")
    columns = ", ".join(f"{name} {'bigint' if name == 'attempt' else 'varchar'}" for name in COLUMNS if name != "status")
    connection.execute(f"create table responses ({columns}, status integer)")
    with Server(faults=Faults(latency_s=0.02)) as server:
        result = drain(connection, server.base_url)
    assert result["stopped"] == "failed"
    assert "conver" in result["message"].lower()

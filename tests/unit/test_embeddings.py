"""Embeddings by the embedded engine: many inputs a call, each answered once, its vector in the commit of its response."""

import base64
import json
import math
from array import array
from collections.abc import Iterator, Sequence
from functools import partial
from threading import Thread
from types import SimpleNamespace
from typing import Any, cast

import duckdb
import pytest

from dbt_llm.client import ConfigurationError, Endpoint, Limits, Request, Response
from dbt_llm.client.forms.openai_embeddings import OpenAIEmbeddings
from dbt_llm.client.inputs import Assembly
from dbt_llm.client.limits import Budget
from dbt_llm.contract import request_key
from dbt_llm.drain import drain as answer_work
from dbt_llm.duckdb_tables import DuckDbTables
from dbt_llm.engines.sinks import warehouse_sink
from dbt_llm.macros import Macros
from dbt_llm.one_thread import OneThread
from dbt_llm.responses import EMBEDDING_COLUMNS, Labels
from dbt_llm.testing import Faults, Server, hashed_ngrams
from dbt_llm.testing.chat import BadRequestError
from dbt_llm.warehouses.bigquery import _value
from dbt_llm.warehouses.json_rows import json_row
from tests.support import runs
from tests.support.runs import database, write_work

DIMENSIONS = 16
PROMPTS = [f"message {number}" for number in range(1_000)]
EMBEDDINGS = """
    create table embeddings (
        request_key varchar, model_name varchar, dimensions bigint, vector float[], invocation_id varchar, embedded_at timestamp
    )
"""


@pytest.fixture
def connection() -> Iterator[Any]:
    made = database()
    made.execute(EMBEDDINGS)
    write_work(made, PROMPTS)
    yield made
    made.close()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as started:
        started.embed = lambda text, _: hashed_ngrams(text, DIMENSIONS)
        yield started


def drain(connection: Any, server: Server, **options: Any) -> dict[str, Any]:
    given = {"dimensions": DIMENSIONS, "embeddings_relation": '"embeddings"', **options}
    return runs.drain(connection, server.base_url, **given)


def rows(connection: Any, query: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = connection.execute(query).fetchall()
    return found


def refusing(*refused: str) -> Any:
    def embed(text: str, _: int) -> Sequence[float]:
        if text in refused:
            raise BadRequestError("This input is not valid.")
        return hashed_ngrams(text, DIMENSIONS)

    return embed


def test_each_input_is_sent_once_in_full_calls(connection: Any, server: Server) -> None:
    result = drain(connection, server, endpoint={"inputs_per_call": 256})
    assert (result["sent"], result["calls"], result["succeeded"], result["left"]) == (1_000, 4, 1_000, 0)
    assert server.counters.calls == math.ceil(1_000 / 256)
    assert server.counters.calls_by_prompt == dict.fromkeys(PROMPTS, 1)
    assert rows(connection, "select status, completion, count(*) from responses group by all") == [("succeeded", "", 1_000)]
    assert rows(connection, "select count(*), count(distinct request_key) from embeddings") == [(1_000, 1_000)]
    [(key, vector)] = rows(connection, "select request_key, vector from embeddings where request_key = 'key-8'")
    assert vector == list(array("f", hashed_ngrams(PROMPTS[7], DIMENSIONS))), key


def test_two_tasks_with_texts_in_common_wait_for_each_other_for_no_longer_than_a_call(connection: Any, server: Server) -> None:
    """Each has claimed what the other waits for, and neither has enough for a full call."""
    write_work(connection, PROMPTS[:200])
    options = {"dimensions": DIMENSIONS, "embeddings_relation": '"embeddings"', "invocation_id": "one"}
    found: dict[str, Any] = {}

    def answer(task: str) -> None:
        text = json.dumps(runs.drain_options(server.base_url, task=task, **options))
        found[task] = json.loads(answer_work(text, partial(DuckDbTables, connection.cursor)))

    # Not to be waited for, were they to wait for ever.
    threads = [Thread(target=answer, args=(task,), daemon=True) for task in ("one", "other")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sum(result["succeeded"] for result in found.values()) == 200
    assert server.counters.calls_by_prompt == dict.fromkeys(PROMPTS[:200], 1)
    assert rows(connection, "select count(*), count(distinct request_key) from responses") == [(200, 200)]


def test_tokens_and_cost_of_a_call_are_divided_without_a_rest(connection: Any, server: Server) -> None:
    prices = {"input_usd_per_million_tokens": 0.02, "output_usd_per_million_tokens": 0.0}
    result = drain(connection, server, endpoint={"inputs_per_call": 300, **prices})
    [(tokens, cost)] = rows(connection, "select sum(input_tokens), sum(cost_usd) from responses")
    # The server counts a token for four bytes of each text.
    assert tokens == result["input_tokens"] == sum(math.ceil(len(prompt) / 4) for prompt in PROMPTS)
    assert cost == pytest.approx(tokens * 0.02 / 1e6) == pytest.approx(result["cost_usd"])


def test_limits_count_inputs_and_cut_a_call(connection: Any, server: Server) -> None:
    result = drain(connection, server, endpoint={"inputs_per_call": 256}, limits={"requests": 300})
    assert (result["sent"], result["left"], result["stopped"]) == (300, 700, "limit:requests")
    assert server.counters.calls_by_prompt.total() == 300


def test_the_input_that_is_refused_fails_alone(connection: Any, server: Server) -> None:
    server.embed = refusing(PROMPTS[3], PROMPTS[777])
    result = drain(connection, server, endpoint={"inputs_per_call": 256})
    assert (result["sent"], result["succeeded"], result["failed"], result["left"]) == (1_000, 998, 2, 0)
    assert rows(connection, "select request_key, error_class from responses where status = 'failed' order by 1") == [
        ("key-4", "invalid_request"), ("key-778", "invalid_request"),
    ]  # fmt: skip
    # Each refused call is free, and its halves are asked: two a level, down to the one.
    assert server.counters.by_status[200] == result["calls"] - server.counters.by_status[400]
    assert result["calls"] <= 4 + 2 * 2 * math.ceil(math.log2(256))
    assert rows(connection, "select count(*), count(distinct request_key) from embeddings") == [(998, 998)]


def test_a_call_that_is_too_large_is_halved_once_and_the_next_are_no_larger(connection: Any, server: Server) -> None:
    """As a server whose own limit is below the endpoint's: it refuses a call for its size, and no text is at fault."""
    server.most_inputs = 32
    result = drain(connection, server, endpoint={"inputs_per_call": 256, "max_in_flight": 1})
    assert (result["succeeded"], result["failed"]) == (1_000, 0)
    # 256, 128, 64 and then both 32 of each; all that follow have 32.
    assert server.counters.by_status[413] <= 8
    assert server.counters.by_status[200] <= math.ceil(1_000 / 32) + 1


def test_an_answer_is_never_larger_than_a_connection_takes() -> None:
    form = OpenAIEmbeddings(Endpoint.from_options("fast", {"model_name": "m", "base_url": "http://127.0.0.1:1/v1"}), {}, 3072)
    endpoint = Endpoint.from_options("fast", {"model_name": "m", "base_url": "http://127.0.0.1:1/v1", "inputs_per_call": 2_000})
    assert Assembly(form, endpoint, Budget(Limits(), endpoint)).most * 3072 * 25 <= 16 << 20


def test_an_endpoint_that_refuses_everything_ends_the_run_soon(connection: Any, server: Server) -> None:
    server.embed = refusing(*PROMPTS)
    result = drain(connection, server, endpoint={"inputs_per_call": 64, "max_in_flight": 1})
    assert (result["stopped"], result["left"]) == ("fatal", 1_000)
    assert server.counters.calls < 60
    assert rows(connection, "select count(*) from responses") == [(0,)]


def test_vectors_of_another_length_end_the_run_before_all_are_paid(connection: Any, server: Server) -> None:
    server.embed = lambda text, _: hashed_ngrams(text, 24)
    result = drain(connection, server, endpoint={"inputs_per_call": 10, "max_in_flight": 1})
    assert (result["stopped"], result["left"], server.counters.calls) == ("fatal", 990, 1)
    assert "vectors of 24 numbers" in result["message"] and "Expected 16" in result["message"]
    # What came is paid for, and kept as it is.
    assert rows(connection, "select dimensions, count(*) from embeddings group by all") == [(24, 10)]


def test_a_call_that_fails_in_passing_is_sent_again_whole(connection: Any) -> None:
    with Server(faults=Faults(throttle=[0.3], error=[0.3], drop=[0.2])) as server:
        server.embed = lambda text, _: hashed_ngrams(text, DIMENSIONS)
        result = drain(connection, server, endpoint={"inputs_per_call": 100})
    assert (result["succeeded"], result["failed"], result["left"]) == (1_000, 0, 0)
    assert rows(connection, "select count(distinct request_key), count(*) from responses") == [(1_000, 1_000)]


def test_one_broken_call_of_many_inputs_is_one_witness(connection: Any) -> None:
    """Twenty requests in a row without an answer end a run; twenty inputs of one call are one request to the endpoint."""
    write_work(connection, PROMPTS[:60])
    with Server(faults=Faults(status_always=500)) as server:
        result = drain(connection, server, endpoint={"inputs_per_call": 30}, retries=0)
    assert server.counters.calls == 2
    assert (result["stopped"], result["failed"]) == (None, 60)
    assert rows(connection, "select distinct error_class from responses") == [("provider_error",)]


def test_an_input_without_a_vector_fails_and_costs_its_neighbours_nothing() -> None:
    form = form_of()
    outcome = form.interpret(200, {"data": [{"index": 1, "embedding": [1.0]}, {"index": 0, "embedding": "!"}], "usage": {}})
    assert dict(outcome.vectors) == {1: array("f", [1.0])}
    assert form.interpret(200, {"data": []}).error_class == "provider_error"
    assert form.interpret(200, {"data": [{"embedding": [1.0]}]}).error_class == "provider_error"


def test_numbers_come_as_json_or_base64_and_what_is_none_is_nan() -> None:
    form = form_of()
    text = base64.b64encode(array("f", [0.5, -2.0]).tobytes()).decode()
    body = {"data": [{"index": 0, "embedding": text}, {"index": 1, "embedding": [1, None, "x", 10**400]}]}
    vectors = form.interpret(200, body).vectors
    assert vectors[0].tolist() == [0.5, -2.0]
    assert str(vectors[1].tolist()) == "[1.0, nan, nan, inf]"


def form_of(**entry: Any) -> OpenAIEmbeddings:
    options = {"model_name": "m", "base_url": "http://127.0.0.1:1/v1", **entry}
    return OpenAIEmbeddings(Endpoint.from_options("fast", options), {}, 384)


def test_only_what_can_be_shortened_is_told_its_length() -> None:
    assert b"dimensions" not in form_of().encode("a")
    assert b'"dimensions":384' in form_of(model_name="text-embedding-3-small").encode("a")


@pytest.mark.parametrize("entry", [{"provider": "anthropic"}, {"api": "responses"}])
def test_an_endpoint_without_embeddings_is_refused(entry: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="makes no embeddings"):
        form_of(**entry)


def test_a_tier_that_no_call_would_have_is_refused() -> None:
    """It would be priced by, and not asked for."""
    with pytest.raises(ConfigurationError, match="has a service_tier. Expected none, as calls for embeddings have no tiers"):
        form_of(service_tier="flex")


def test_a_vector_that_cannot_be_written_takes_no_response_with_it(connection: Any, server: Server) -> None:
    """The two are one commit: where the table of vectors takes nothing, no response says that it has one."""
    write_work(connection, PROMPTS[:3])
    connection.execute("drop table embeddings")
    connection.execute(EMBEDDINGS.replace("vector float[]", "vector float[] check (len(vector) > 99)"))
    result = drain(connection, server)
    assert rows(connection, "select status, count(*) from responses group by all") == [("failed", 3)]
    assert result["failed"] == 3


def test_a_file_is_four_bytes_a_number_and_little_more(tmp_path: Any, server: Server) -> None:
    path = tmp_path / "vectors.duckdb"
    made = database(str(path))
    made.execute(EMBEDDINGS)
    write_work(made, PROMPTS)
    server.embed = hashed_ngrams
    drain(made, server, dimensions=384)
    made.execute("checkpoint")
    made.close()
    with duckdb.connect(str(path)) as again:
        [(blocks,)] = again.execute(
            "select count(distinct block_id) from pragma_storage_info('embeddings') where persistent"
        ).fetchall()
    assert blocks * 262_144 / len(PROMPTS) < 384 * 4 + 400


def task_rows(connection: Any, **variables: Any) -> dict[str, tuple[Any, ...]]:
    """The rows of a task's table over `messages`: status, reason and vector by the text."""
    names = {
        "config": {"materialized": "table"},
        "dbt": SimpleNamespace(type_bigint=lambda: "bigint"),
        "model": {"name": "t", "language": "python", "resource_type": "model"},
        "var": lambda name, default=None: variables.get(name, default),
        "this": None,
    }
    task: dict[str, Any] = {
        "name": "t", "model_name": "m", "prompt": "{body}", "model_parameters": {}, "max_attempts": 3, "dimensions": 2,
        "response_format": {"kind": "embedding", "dimensions": 2},
    }  # fmt: skip
    macros = Macros("duckdb", names, {"_package_relation": lambda name: name.removeprefix("dbt_llm__")})
    task["response_schema"] = macros.call("_response_schema", task["response_format"])
    query = macros.call("_task_query", relation="messages", responses="known", task=task)
    found = rows(connection, f"select body, llm_status, llm_reason, embedding from (\n{query}\n) as made")
    return {body: tuple(values) for body, *values in found}


def know(connection: Any, table: str, **vectors: Any) -> None:
    """Have a table of vectors hold these, and the responses say that they are paid for."""
    of_task: Any = {"model_name": "m", "model_parameters": {}, "response_format": {"kind": "embedding", "dimensions": 2}}
    for text, vector in vectors.items():
        key = request_key(text, **of_task)
        connection.execute(
            "insert into known by name select $key as request_key, 'm' as model_name, 'succeeded' as status, '' as completion,"
            " 1 as attempt, timestamp '2026-01-01' as responded_at",
            {"key": key},
        )
        if vector is not None:
            connection.execute(
                f"insert into {table} values ($key, 'm', len($vector::float[]), $vector::float[], 'i',"
                f" (select timestamp '2026-01-01' + interval (count(*)) second from {table}))",
                {"key": key, "vector": vector},
            )


@pytest.fixture
def known() -> Iterator[Any]:
    made = duckdb.connect()
    made.execute(runs.RESPONSES.replace("table responses", "table known"))
    made.execute("alter table known add column supersedes_attempt bigint")
    made.execute(EMBEDDINGS)
    made.execute(EMBEDDINGS.replace("table embeddings", "table elsewhere"))
    made.execute("create table messages as select unnest(['good', 'long', 'null', 'nan', 'without', 'new', null]) as body")
    yield made
    made.close()


def test_a_row_shows_its_vector_or_why_it_has_none(known: Any) -> None:
    know(known, "embeddings", good=[1, 2], long=[1, 2, 3], null=[1, None], nan=["nan", 1], without=None)
    assert task_rows(known) == {
        "good": ("succeeded", None, (1.0, 2.0)),
        "long": ("quarantined", "wrong_length:embedding", None),
        "null": ("quarantined", "not_a_number:embedding", None),
        "nan": ("quarantined", "not_a_number:embedding", None),
        # Paid for in another environment, whose vectors are not here: asked again.
        "without": ("pending", "not_requested", None),
        "new": ("pending", "not_requested", None),
        None: ("skipped", "null_prompt", None),
    }


def test_of_several_vectors_of_a_request_the_latest_counts(known: Any) -> None:
    know(known, "embeddings", good=[1, 2])
    know(known, "embeddings", good=[3, 4])
    assert task_rows(known)["good"] == ("succeeded", None, (3.0, 4.0))


def test_vectors_are_read_from_elsewhere_too(known: Any) -> None:
    know(known, "elsewhere", good=[5, 6])
    assert task_rows(known)["good"] == ("pending", "not_requested", None)
    assert task_rows(known, dbt_llm_embedding_sources=["elsewhere"])["good"] == ("succeeded", None, (5.0, 6.0))


def chunked(connection: Any, said: list[str]) -> tuple[Macros, dict[str, Any]]:
    """The road in chunks on a DuckDB whose SQL function makes vectors; what it runs is in `said`."""

    def run_query(sql: str) -> Any:
        said.append(sql)
        return SimpleNamespace(rows=connection.execute(sql).fetchall())

    read = (
        "select request_key, attempt, prompt, vector, case when vector is not null then '' end as completion, null::varchar as"
        " known_class, case when vector is null then 'no vector' end as error_message, null::varchar as finish_reason,"
        " null::bigint as input_tokens, null::bigint as output_tokens, null::varchar as response_model from "
    )
    answers = {
        "_package_relation": lambda name: name.removeprefix("dbt_llm__"),
        "_work_relation": lambda suffix: f"t_{suffix}",
        "_engine_name": lambda: "duckdb",
        "_warn_of_duplicate_requests": lambda _: None,
        "before_calls": lambda **_: None,
        "after_calls": lambda **_: None,
        "recover_answers": lambda **_: 0,
        "relation_exists": lambda name: bool(rows(connection, f"select 1 from duckdb_tables() where table_name = '{name}'")),
        "embed_query": lambda work, task, first, last: (  # noqa: ARG005 - as the macro is called
            "select request_key, attempt, prompt, case when prompt != 'message 3' then [n, 0.5]::float[] end as vector"
            f" from {work} where n between {first} and {last}"
        ),
        "vectors_query": lambda stage, task: read + stage,  # noqa: ARG005 - as the macro is called
    }
    names = {
        "run_query": run_query,
        "dbt": SimpleNamespace(type_bigint=lambda: "bigint"),
        "var": lambda _, default=None: default,
        "invocation_id": "i-1",
    }
    task = {
        "name": "t", "model_name": "m", "model_parameters": {}, "max_attempts": 3, "dimensions": 2, "limits": {},
        "endpoint": {"chunk_size": 2}, "store_prompts": False,
    }  # fmt: skip
    return Macros("duckdb", names, answers), task


def test_a_warehouse_keeps_a_chunk_of_vectors_before_their_responses(known: Any) -> None:
    write_work(known, PROMPTS[:5])
    said: list[str] = []
    macros, task = chunked(known, said)
    run = {"prompt_version": "v", "limits": {}, "budgets": {}, "budget_terms": {}}
    outcome = macros.call("_complete_in_chunks", work="work", responses="known", task=task, run=run)
    assert (outcome["sent"], outcome["succeeded"], outcome["failed"] + outcome["left"]) == (6, 4, 1)
    found = rows(known, "select request_key, model_name, dimensions, vector, invocation_id from embeddings order by 1")
    assert found == [(f"key-{n}", "m", 2, [float(n), 0.5], "i-1") for n in (1, 2, 3, 5)]
    kept = [sql.split()[2] for sql in said if sql.startswith("insert into") and sql.split()[2] != "t_again"]
    assert kept[:2] == ["embeddings", "known"]
    assert rows(known, "select status, completion, count(*) from known where attempt = 1 group by all order by all") == [
        ("failed", None, 1), ("succeeded", "", 4),
    ]  # fmt: skip


def test_what_a_killed_run_has_staged_is_taken_in_with_its_vectors(known: Any) -> None:
    write_work(known, PROMPTS[:3])
    macros, task = chunked(known, [])
    macros.call("_stage_answers", work="work", stage="t_answers", task=task, prompt_version="v", first=1, last=3)
    # It died between the two tables.
    macros.call("_append_vectors", stage="t_answers", task=task)
    macros.call("_recover_answers", responses="known", task=task)
    assert rows(known, "select count(*), count(distinct request_key) from known") == [(3, 3)]
    assert rows(known, "select count(distinct request_key) from embeddings") == [(3,)]
    assert not macros.call("relation_exists", "t_answers")
    macros.call("_recover_answers", responses="known", task=task)
    assert rows(known, "select count(*) from known") == [(3,)]


class Appended:
    """A warehouse that remembers what was appended."""

    linger_s = 0.0

    def __init__(self) -> None:
        self.tables: list[tuple[str, list[dict[str, Any]]]] = []

    def append(self, relation: str, added: list[dict[str, Any]]) -> None:
        self.tables.append((relation, added))


def test_a_platform_is_given_the_vectors_before_their_responses() -> None:
    warehouse = Appended()
    labels = Labels("t", "m", "v", "i-1", "async")
    response = Response("", None, None, None, 1, 0, None, 5, "m", 0.0, 0.0, vector=array("f", [0.5, math.nan]))
    failed = Response(None, "invalid_request", "no", None, None, None, None, 5, None, 0.0, 0.0)
    with OneThread("session") as session:
        sink = warehouse_sink(cast("Any", warehouse), "responses", labels, session, embeddings="embeddings")
        sink._write([(Request("a", "x"), response), (Request("b", "y"), failed)])
    [(first, vectors), (second, responses)] = warehouse.tables
    assert (first, second, len(responses)) == ("embeddings", "responses", 2)
    [row] = vectors
    assert tuple(row) == EMBEDDING_COLUMNS and (row["request_key"], row["dimensions"]) == ("a", 2)
    # JSON has no NaN; its name is cast by every platform.
    assert json.loads(json_row(row))["vector"] == [0.5, "NaN"]
    repeated = SimpleNamespace(field_type="FLOAT", mode="REPEATED")
    items = "unnest(json_value_array(row, '$.vector')) as item with offset as place"
    assert _value(repeated, "vector") == f"array(select cast(item as float64) from {items} order by place)"

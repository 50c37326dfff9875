"""The money rules for a task of kind: embedding: counted inputs, statuses and quarantine as for any task."""

import os
import re
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from dbt_llm.testing import Faults, Server, hashed_ngrams
from dbt_llm.testing.chat import BadRequestError
from tests.support.batch_clients import needs_client
from tests.support.project import ROOT, Project, Result
from tests.support.python_project import python_task

VECTORS: dict[str, Any] = {"kind": "embedding", "endpoint": "fast", "prompt": "{body}", "dimensions": 16}
RUN = ["run", "--exclude", "package:dbt_llm"]


@pytest.fixture
def vectors(tmp_path: Path, server: Server) -> Project:
    """A project whose one task makes vectors of 20 messages, of which 15 are distinct."""
    server.embed = lambda text, _: hashed_ngrams(text, 16)
    made = Project(tmp_path / "project", server.base_url, inputs_per_call=8)
    made.task("pii_risk", VECTORS)
    made.messages([(i, f"message {i % 15}") for i in range(20)])
    return made


def dbt(project: Project, *arguments: str, **environment: str) -> Result:
    return project.dbt(*(arguments or RUN), timeout=600, **environment)


def test_each_distinct_text_is_embedded_once_and_a_second_run_calls_nothing(vectors: Project, server: Server) -> None:
    assert dbt(vectors, *RUN, "--empty").ok
    assert dbt(vectors, DBT_LLM_MODE="cache_only").ok
    assert server.counters.calls == 0
    result = dbt(vectors)
    assert result.ok, result.output
    assert (server.counters.calls, server.counters.calls_by_prompt.total()) == (2, 15)
    assert vectors.statuses() == {("succeeded", None): 20}
    assert vectors.query("select distinct typeof(embedding) from pii_risk") == [("FLOAT[16]",)]
    assert vectors.query("select count(*), min(dimensions), max(model_name) from dbt_llm__embeddings") == [(15, 16, "test-model")]
    assert vectors.query("select distinct status, completion from dbt_llm__responses") == [("succeeded", "")]
    assert vectors.query("select count(*) from dbt_llm__review_sample") == [(0,)]
    first = vectors.query("select * from pii_risk order by message_id")
    again = dbt(vectors, *RUN, "--full-refresh")
    assert again.ok, again.output
    assert server.counters.calls == 2
    assert vectors.query("select * from pii_risk order by message_id") == first


def test_a_vector_is_shown_until_the_new_one_comes(vectors: Project, server: Server) -> None:
    vectors.run(*RUN[1:])
    shown = "select message_id, typeof(embedding), embedding from pii_risk order by message_id"
    before = vectors.query(shown)
    vectors.task("pii_risk", {**VECTORS, "prompt": "Text: {body}", "keep_previous": True})
    kept = dbt(vectors, DBT_LLM_MODE="cache_only")
    assert kept.ok, kept.output
    assert vectors.statuses() == {("succeeded", "previous_answer"): 20}
    assert vectors.query(shown) == before and server.counters.calls == 2
    vectors.run(*RUN[1:])
    assert vectors.statuses() == {("succeeded", None): 20}
    after = vectors.query(shown)
    assert {kind for _, kind, _ in before + after} == {"FLOAT[16]"}
    assert all(old != new for old, new in zip(before, after, strict=True)) and server.counters.calls == 4


def test_a_python_model_gives_the_same_table_from_the_same_vectors(vectors: Project, server: Server) -> None:
    python_task(vectors, "in_python", VECTORS)
    vectors.run("--select", "in_python")
    assert (server.counters.calls, vectors.statuses("in_python")) == (2, {("succeeded", None): 20})
    vectors.run("--select", "pii_risk")
    assert server.counters.calls == 2, "the SQL task must find the vectors of the Python task"
    columns = "message_id, body, embedding, llm_status, llm_request_key, llm_prompt_version"
    rows = vectors.query(f"select {columns} from in_python order by 1")
    assert rows == vectors.query(f"select {columns} from pii_risk order by 1")


def test_a_python_model_takes_its_vectors_from_a_batch(vectors: Project, server: Server) -> None:
    """Which `auto` chooses, as it is cheaper; the SQL task then finds them."""
    needs_client("openai")
    python_task(vectors, "in_python", {**VECTORS, "deadline": "24h"}, engine="auto")
    entry = {"provider": "openai", "model_name": "test-model", "base_url": server.base_url}
    endpoints = {"fast": {"duckdb": vectors.endpoint, "async": entry, "batch": entry}}
    vectors.write_project(dbt_llm_endpoints=endpoints)
    vectors.run("--select", "in_python")
    assert vectors.statuses("in_python") == {("pending", "batch:submitted"): 20}
    server.batches.finish()
    vectors.run("--select", "in_python")
    vectors.run("--select", "pii_risk")
    assert (server.counters.submitted_in_batches, server.counters.answered_in_batches, server.counters.calls) == (15, 15, 0)
    columns = "message_id, body, embedding, llm_status, llm_request_key, llm_prompt_version"
    rows = vectors.query(f"select {columns} from in_python order by 1")
    assert rows == vectors.query(f"select {columns} from pii_risk order by 1")
    assert {status for *_, status, _, _ in rows} == {"succeeded"}


def test_what_is_forgotten_is_gone_with_its_vector(vectors: Project, server: Server) -> None:
    vectors.run_tasks()
    said = dbt(vectors, "run-operation", "plan", "--args", "{task: pii_risk}")
    assert said.ok, said.output
    forgotten = dbt(vectors, "run-operation", "forget", "--args", "{task: pii_risk, dry_run: false}")
    assert forgotten.ok, forgotten.output
    assert vectors.query("select count(*) from dbt_llm__embeddings") == [(0,)]
    vectors.run_tasks()
    assert server.counters.calls_by_prompt.total() == 30


def test_the_example_of_the_page_runs_as_it_stands(tmp_path: Path) -> None:
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", (ROOT / "docs" / "embeddings.md").read_text(), re.MULTILINE | re.DOTALL)
    (_, declared), (_, model), (_, nearest), (_, variables) = blocks
    with Server() as server:
        project = Project(tmp_path / "project", server.base_url)
        endpoints = yaml.safe_load(variables.replace("http://localhost:11434/v1", server.base_url))["vars"]["dbt_llm_endpoints"]
        project.write_project(dbt_llm_endpoints=endpoints)
        (project.models / "message_vectors.yml").write_text(declared)
        (project.models / "message_vectors.sql").write_text(model)
        project.write_model("stg_messages", "select * from {{ source('raw', 'messages') }}")
        texts = [(1, "A parcel", "is late"), (2, None, "Where is my parcel?"), (3, "Invoice", "of May"), (4, "Lost", None)]
        project.messages(texts, "message_id bigint, subject varchar, body varchar")
        project.run("--select", "stg_messages", "message_vectors")
    assert project.statuses("message_vectors") == {("succeeded", None): 3, ("skipped", "null_prompt"): 1}
    found = project.query(nearest)
    assert [message for message, _ in found] == [1, 2, 3] and found[0][1] == pytest.approx(1)


def test_what_is_no_vector_of_the_task_is_quarantined_and_costs_its_neighbours_nothing(vectors: Project, server: Server) -> None:
    broken: dict[str, Any] = {"message 1": [1.0] * 15, "message 2": [1.0] * 15 + [None], "message 3": [1e39] + [1.0] * 15}

    def embed(text: str, _: int) -> Sequence[float | None]:
        if text == "message 4":
            raise BadRequestError("This input is not valid.")
        found: Sequence[float | None] = broken.get(text, hashed_ngrams(text, 16))
        return found

    server.embed = embed
    result = dbt(vectors)
    assert result.ok, result.output
    assert vectors.statuses() == {
        ("succeeded", None): 12,
        ("quarantined", "wrong_length:embedding"): 2,
        ("quarantined", "not_a_number:embedding"): 4,
        ("quarantined", "invalid_request"): 2,
    }
    assert vectors.query("select count(*) from pii_risk where embedding is not null and llm_status != 'succeeded'") == [(0,)]
    calls = server.counters.calls
    assert dbt(vectors).ok
    assert server.counters.calls == calls


def test_a_kill_wastes_what_was_in_flight_and_no_more(tmp_path: Path) -> None:
    rows, in_flight, inputs = 1_500, 4, 10
    with Server(faults=Faults(latency_s=0.05)) as server:
        server.embed = lambda text, _: hashed_ngrams(text, 16)
        project = Project(tmp_path / "project", server.base_url, max_in_flight=in_flight, inputs_per_call=inputs)
        project.task("pii_risk", VECTORS)
        project.messages([(i, f"message {i}") for i in range(rows)])
        process = project.start("run", "--select", "pii_risk")
        deadline = time.monotonic() + 120
        while server.counters.answered < 50:
            assert process.exitcode is None and time.monotonic() < deadline, "dbt ended before it was killed"
            time.sleep(0.005)
        assert process.pid is not None
        os.killpg(process.pid, signal.SIGKILL)
        process.join()
        time.sleep(0.3)
        with duckdb.connect(str(project.database)) as connection:
            kept = connection.execute(
                "select count(*), count(vector) from dbt_llm__responses left join dbt_llm__embeddings using (request_key)"
            ).fetchall()
        assert kept[0][0] == kept[0][1] > 0, "a response is there without its vector"
        result = dbt(project)
        assert result.ok, result.output
        # In flight, and what may come in the 200 ms before a commit.
        most = in_flight * inputs * (1 + round(0.2 / 0.05))
        assert server.counters.calls_by_prompt.total() - rows <= most
        assert project.statuses() == {("succeeded", None): rows}
        assert project.query("select count(*), count(distinct request_key) from dbt_llm__embeddings") == [(rows, rows)]


def test_what_a_task_of_vectors_cannot_say_is_said_before_a_call(vectors: Project, server: Server) -> None:
    wrong = {
        **VECTORS,
        "kind": "embeddings",
        "response_format": {"a": {"type": "string"}},
        "review_rate": 1,
    }
    vectors.task("pii_risk", wrong)
    said = " ".join(dbt(vectors).output.split())
    assert "no such kind. Expected 'embedding'" in said
    assert "unknown key 'response_format'" in said and "unknown key 'review_rate'" in said
    vectors.task("pii_risk", {**VECTORS, "dimensions": 0})
    assert "meta.llm.dimensions: not a length" in dbt(vectors).output
    assert server.counters.calls == 0

"""The road of the SQL functions (staged chunks) keeps the money rules. It runs on DuckDB here, with a function of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from dbt_llm.testing import ChatRequest, Faults, Reply, Server, from_schema
from tests.support.project import PII, Project

CHUNK = 4
MACROS = """
{% macro duckdb__complete_relation(work, responses, task, run) %}{{ return(none) }}{% endmacro %}
{% macro duckdb__chunk_size() %}{{ return(4) }}{% endmacro %}
{% macro duckdb__call_model_query(work, task, first, last) %}
    {{ return(
        'select request_key, attempt, prompt, '
        ~ dbt_llm.complete_expression('prompt', dbt_llm._merged(task, {'retries': 0}))
        ~ ' as response from ' ~ work ~ ' where n between ' ~ first ~ ' and ' ~ last
    ) }}
{% endmacro %}
{% macro duckdb__answers_query(stage, task) %}
    {{ return(
        "select request_key, attempt, prompt, response as completion, null::varchar as known_class,"
        ~ " case when response is null then '503 unavailable' end as error_message, null::varchar as finish_reason,"
        ~ " 10 as input_tokens, 5 as output_tokens, 'stand-in' as response_model from " ~ stage
    ) }}
{% endmacro %}
"""
# As the macros above, but the run dies between a chunk's call and its responses.
DIES = """
{% macro duckdb__answers_query(stage, task) %}
    {{ exceptions.raise_compiler_error('the run was killed here') }}
{% endmacro %}
"""


class Chunked(Project):
    """The project with its model called in chunks of 4."""

    def write_project(self, **variables: Any) -> None:
        super().write_project(**variables)
        path = self.folder / "dbt_project.yml"
        project = yaml.safe_load(path.read_text())
        project["dispatch"] = [{"macro_namespace": "dbt_llm", "search_order": ["project", "dbt_llm"]}]
        path.write_text(yaml.safe_dump(project, sort_keys=False))
        self.write_macros(MACROS)

    def write_macros(self, text: str) -> None:
        folder = self.folder / "macros"
        folder.mkdir(exist_ok=True)
        (folder / "road.sql").write_text(text)

    def left_behind(self) -> list[tuple[Any, ...]]:
        """The work tables that a run should have dropped."""
        return self.query(
            "select table_name from information_schema.tables where table_name like '%\\_\\_dbt\\_llm\\_%' escape '\\'"
        )


@pytest.fixture
def chunked(tmp_path: Path, server: Server) -> Iterator[Chunked]:
    made = Chunked(tmp_path / "project", server.base_url)
    made.messages([(i, f"message {i % 15}") for i in range(20)])
    yield made
    assert made.left_behind() == []


def test_every_distinct_prompt_once_and_a_rerun_for_nothing(chunked: Chunked, server: Server) -> None:
    assert chunked.dbt("run", "--select", "pii_risk").ok
    assert server.counters.calls == 15 == len(server.counters.calls_by_prompt)
    assert chunked.statuses() == {("succeeded", None): 20}
    assert chunked.query("select sent_requests, calls, succeeded_requests, input_tokens, output_tokens from dbt_llm__runs") == [
        (15, 15, 15, 150, 75)
    ]
    rows = chunked.query("select * from pii_risk order by message_id")
    for arguments in ((), ("--full-refresh",)):
        chunked.run_tasks(*arguments)
        assert server.counters.calls == 15
        assert chunked.query("select * from pii_risk order by message_id") == rows


def test_the_same_rows_as_the_embedded_engine(chunked: Chunked, server: Server, tmp_path: Path) -> None:
    chunked.run_tasks()
    embedded = Project(tmp_path / "embedded", server.base_url)
    embedded.messages([(i, f"message {i % 15}") for i in range(20)])
    embedded.run_tasks()
    rows = "select message_id, has_pii, pii_types, confidence, llm_status, llm_reason, llm_request_key from pii_risk order by 1"
    assert chunked.query(rows) == embedded.query(rows)


@pytest.mark.parametrize("limit", [1, 4, 6])
def test_a_limit_of_requests_is_kept_to_the_request(limit: int, chunked: Chunked, server: Server) -> None:
    chunked.task("pii_risk", {**PII, "limits": {"requests": limit}})
    result = chunked.run_tasks()
    assert server.counters.calls == limit
    assert f"{15 - limit} requests stay pending (limit:requests)" in result.output, result.output
    chunked.run("--select", "pii_risk")
    assert server.counters.calls == 2 * limit
    assert max(server.counters.calls_by_prompt.values()) == 1


def test_limits_of_tokens_and_cost_hold(chunked: Chunked, server: Server) -> None:
    chunked.endpoint.update(input_usd_per_million_tokens=20, output_usd_per_million_tokens=100)
    chunked.write_project()
    for name, limit in {"output_tokens": 40, "cost_usd": 0.003}.items():
        before = server.counters.calls
        chunked.task("pii_risk", {**PII, "model_parameters": {"max_tokens": 5}, "limits": {name: limit}})
        chunked.run_tasks()
        # 10 tokens in and 5 out at these prices are 0.0007 a call.
        assert 0 < server.counters.calls - before <= (40 // 5 if name == "output_tokens" else 4)
        [(spent, reason)] = chunked.query(f"select {name}, stop_reason from dbt_llm__runs order by started_at desc limit 1")
        assert (0 < spent <= limit) and reason == f"limit:{name}"


def test_a_chunk_that_a_killed_run_paid_for_is_taken_over(chunked: Chunked, server: Server) -> None:
    chunked.write_macros(MACROS.split("{% macro duckdb__answers_query")[0] + DIES)
    assert not chunked.dbt("run", "--select", "pii_risk").ok
    assert server.counters.calls == CHUNK
    chunked.write_macros(MACROS)
    result = chunked.run("--select", "pii_risk")
    assert "took over the answers" in result.output
    assert server.counters.calls == 15
    assert chunked.statuses() == {("succeeded", None): 20}
    assert chunked.query("select count(*), count(distinct request_key) from dbt_llm__responses") == [(15, 15)]


def test_what_was_staged_after_dbt_had_looked_is_taken_over_too(chunked: Chunked, server: Server) -> None:
    """dbt lists the tables once, at its start; another run may be killed a moment later."""
    chunked.write_macros(MACROS.replace(MACROS[MACROS.index("{% macro duckdb__answers_query") :], DIES))
    assert not chunked.dbt("run", "--exclude", "package:dbt_llm").ok
    assert server.counters.calls == CHUNK
    ((stage,),) = (row for row in chunked.left_behind() if row[0].endswith("answers"))
    with duckdb.connect(str(chunked.database)) as connection:
        connection.execute(f"alter table {stage} rename to staged_elsewhere")
    path = chunked.folder / "dbt_project.yml"
    hook = f"create table {stage} as select * from staged_elsewhere"
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), "on-run-start": hook}, sort_keys=False))
    chunked.write_macros(MACROS)
    chunked.run_tasks()
    assert server.counters.calls == 15 == len(server.counters.calls_by_prompt)


def test_what_fails_in_passing_is_asked_again_once_and_by_the_next_run(tmp_path: Path) -> None:
    with Server(from_schema, Faults(error=0.4, seed=3)) as server:
        project = Chunked(tmp_path / "project", server.base_url)
        project.messages([(i, f"message {i}") for i in range(15)])
        project.run_tasks()
        assert server.counters.answered < 15 or server.counters.calls > 15
        assert max(server.counters.calls_by_prompt.values()) == 2
        failed = 15 - server.counters.answered
        assert failed > 0, "choose another seed: this one shows nothing"
        assert project.query("select count(*) from pii_risk where llm_status <> 'succeeded'") == [(failed,)]
        calls = server.counters.calls
        server.faults = Faults()
        project.run_tasks()
        assert server.counters.calls == calls + failed
        assert project.statuses() == {("succeeded", None): 15}
        assert server.counters.answered == 15


def test_failures_end_after_their_attempts_and_requeue_sends_them_again(tmp_path: Path) -> None:
    with Server(from_schema, Faults(error=1.0)) as server:
        project = Chunked(tmp_path / "project", server.base_url)
        project.messages([(i, f"message {i}") for i in range(3)])
        project.task("pii_risk", {**PII, "max_attempts": 3})
        project.run_tasks()
        assert server.counters.calls == 6
        project.run_tasks()
        assert server.counters.calls == 9
        assert project.statuses() == {("quarantined", "provider_error"): 3}
        project.run_tasks()
        assert server.counters.calls == 9
        assert project.dbt("run-operation", "dbt_llm.requeue", "--args", "{task: pii_risk}").ok
        assert server.counters.calls == 9
        # What a requeue supersedes counts as no attempt: what fails in passing is asked again once more, and stays pending.
        project.run_tasks()
        assert server.counters.calls == 15
        runs = "select failed_requests, left_requests from dbt_llm__runs order by started_at desc limit 1"
        assert project.query(runs) == [(0, 3)]
        server.faults = Faults()
        project.run_tasks()
        assert server.counters.calls == 18
        assert project.statuses() == {("succeeded", None): 3}


def test_tasks_that_may_ask_the_same_at_once_are_warned_of(chunked: Chunked) -> None:
    chunked.task("other", PII)
    assert "'other' asks, and dbt may run them at once" in " ".join(chunked.run_tasks().output.split())
    chunked.messages([(i, f"another {i}") for i in range(5)])
    chunked.task("other", PII, sql="-- depends_on: {{ ref('pii_risk') }}\n{{ dbt_llm.enrich(source('raw', 'messages')) }}")
    assert "run them at once" not in chunked.run_tasks().output
    chunked.messages([(i, f"a third {i}") for i in range(5)])
    chunked.task("other", {**PII, "prompt": "Something else? {body}"})
    assert "run them at once" not in chunked.run_tasks().output


def test_tokens_that_nobody_counted_are_unknown(chunked: Chunked) -> None:
    chunked.write_macros(
        MACROS.replace("10 as input_tokens, 5 as output_tokens", "null::bigint as input_tokens, null::bigint as output_tokens")
    )
    chunked.run_tasks()
    assert chunked.query("select succeeded_requests, input_tokens, output_tokens, cost_usd from dbt_llm__runs") == [
        (15, None, None, None)
    ]


def test_requests_that_fail_twice_do_not_undo_a_run(tmp_path: Path) -> None:
    def answer(request: ChatRequest) -> str | Reply:
        return Reply("down", status=503) if "bad" in request.prompt else from_schema(request)

    with Server(answer) as server:
        project = Chunked(tmp_path / "project", server.base_url)
        project.write_macros(MACROS.replace("return(4)", "return(100)"))
        project.messages([(i, f"{'bad' if i < 25 else 'good'} {i}") for i in range(30)])
        result = project.run_tasks()
        # The function that stands in here is our client, which gives up after twenty in a row.
        assert 30 < server.counters.calls <= 30 + 25
        assert project.statuses() == {("succeeded", None): 5, ("pending", "provider_error"): 25}, result.output


def test_a_chunk_that_fails_whole_stops_the_run(tmp_path: Path) -> None:
    with Server(from_schema, Faults(error=0.999999)) as server:
        project = Chunked(tmp_path / "project", server.base_url)
        project.write_macros(MACROS.replace("return(4)", "return(25)"))
        project.messages([(i, f"message {i}") for i in range(100)])
        result = project.dbt("run", "--select", "pii_risk")
        assert 20 <= server.counters.calls <= 25, result.output
        assert "not one of 25 requests was answered" in result.output

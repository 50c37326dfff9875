"""What each dbt command and flag does to the money: each line of the table in docs/commands.md."""

import shutil
from pathlib import Path

import duckdb
import pytest
import yaml

from dbt_llm.testing import Faults, Server, from_schema
from tests.support.project import PII, Project

ROWS = 4
SNAPSHOT = """
snapshots:
  - name: pii_risk_history
    relation: ref('pii_risk')
    config: {unique_key: message_id, strategy: check, check_cols: all}
"""
FRESHNESS = """
sources:
  - name: fresh
    schema: main
    config: {loaded_at_field: sent_at, freshness: {warn_after: {count: 1000000, period: day}}}
    tables: [{name: messages}]
"""


def small(folder: Path, server: Server, **options: bool) -> Project:
    project = Project(folder / "project", server.base_url, **options)
    project.messages(
        [(i, f"message {i}", "2026-01-02 03:04:05") for i in range(ROWS)], "message_id int, body text, sent_at timestamp"
    )
    return project


def deployed(folder: Path, server: Server) -> Project:
    """A project whose production is built, and whose target is another schema from now on."""
    project = small(folder, server)
    project.environment["DBT_WRITE_JSON"] = "true"
    project.run()
    shutil.copytree(project.folder / "target", project.folder / "state")
    project.write_profile(plugins=[{"module": "dbt_llm.duckdb"}], schema="ci")
    return project


def answers(project: Project, schema: str) -> int:
    return int(project.query(f"select count(*) from {schema}.dbt_llm__responses")[0][0])


def test_what_never_asks(tmp_path: Path, server: Server) -> None:
    project = small(tmp_path, server)
    project.run()
    (project.models / "more.yml").write_text(SNAPSHOT + FRESHNESS)
    # So that there is something to ask.
    project.task("pii_risk", {**PII, "prompt": "PII? {body}"})
    for command in ("snapshot", "source freshness", "docs generate", "compile", "test", "ls"):
        result = project.dbt(*command.split())
        assert result.ok and server.counters.calls == ROWS, result.output


def test_empty_leaves_no_view_empty(tmp_path: Path, server: Server) -> None:
    project = small(tmp_path, server)
    project.run()
    counted = "select (select count(*) from dbt_llm__usage_daily), (select count(*) from dbt_llm__drift)"
    before = project.query(counted)
    assert before[0][0] > 0
    assert project.dbt("build", "--empty").ok
    assert project.query(counted) == before
    # The table of the task is one without rows, and all its answers are there.
    project.run_tasks()
    assert server.counters.calls == ROWS
    assert project.statuses() == {("succeeded", None): ROWS}


@pytest.mark.parametrize("flags", [pytest.param(["--defer"], marks=pytest.mark.long), ["--defer", "--favor-state"]], ids=" ".join)
def test_deferred_answers_are_read_and_new_ones_kept(flags: list[str], tmp_path: Path, server: Server) -> None:
    """Slim CI: another schema, or database, with nothing in it but the task."""
    project = deployed(tmp_path, server)
    with duckdb.connect(str(project.database)) as connection:
        connection.execute("insert into messages values (77, 'one more', null)")
    for _ in range(2):
        project.run("--select", "pii_risk", "--state", "state", *flags)
        assert server.counters.calls == ROWS + 1
    assert project.query("select llm_status, count(*) from ci.pii_risk group by all") == [("succeeded", ROWS + 1)]
    assert (answers(project, "main"), answers(project, "ci")) == (ROWS, 1)


def test_a_clone_keeps_the_answers(tmp_path: Path, server: Server) -> None:
    project = deployed(tmp_path, server)
    # Made by an older version of the package.
    with duckdb.connect(str(project.database)) as connection:
        connection.execute("alter table main.dbt_llm__responses drop column supersedes_attempt")
    assert project.dbt("clone", "--state", "state").ok
    result = project.dbt("run", "--select", "pii_risk")
    assert not result.ok and "such as `dbt clone` makes" in result.output, result.output
    project.run("--select", "package:dbt_llm", "--empty")
    project.run("--select", "pii_risk")
    assert server.counters.calls == ROWS
    assert (answers(project, "main"), answers(project, "ci")) == (ROWS, ROWS)


def test_modified_state_finds_an_edited_prompt(tmp_path: Path, server: Server) -> None:
    project = deployed(tmp_path, server)
    project.task("pii_risk", {**PII, "prompt": "PII? {body}"})
    listed = project.dbt("ls", "--select", "state:modified", "--state", "state")
    assert "project.pii_risk" in listed.output, listed.output


def test_retry_pays_for_the_rest(tmp_path: Path) -> None:
    with Server(from_schema, Faults(status_always=401)) as server:
        project = small(tmp_path, server)
        project.environment["DBT_WRITE_JSON"] = "true"
        assert not project.dbt("run", "--fail-fast").ok
        server.faults = Faults()
        result = project.dbt("retry")
        assert result.ok, result.output
        assert project.statuses() == {("succeeded", None): ROWS}
        assert server.counters.answered == ROWS


def test_threads_pay_once(tmp_path: Path) -> None:
    with Server(from_schema, Faults(latency_s=0.1)) as server:
        project = small(tmp_path, server)
        for n in range(6):
            project.task(f"twin_{n}", PII)
        project.run_tasks("--threads", "16")
        assert server.counters.calls == ROWS


def test_a_sample_is_a_pilot(tmp_path: Path, server: Server) -> None:
    project = small(tmp_path, server)
    path = project.models / "sources.yml"
    declared = yaml.safe_load(path.read_text())
    declared["sources"][0]["tables"][0]["config"] = {"event_time": "sent_at"}
    path.write_text(yaml.safe_dump(declared))
    with duckdb.connect(str(project.database)) as connection:
        connection.execute("update messages set sent_at = '2020-01-01' where message_id > 0")
    project.run_tasks("--sample", "{'start': '2026-01-01', 'end': '2026-02-01'}")
    assert server.counters.calls == 1
    project.run_tasks()
    assert server.counters.calls == ROWS


def test_microbatch_is_refused_in_words(tmp_path: Path, server: Server) -> None:
    project = small(tmp_path, server)
    project.task(
        "pii_risk", PII, config="materialized='incremental', incremental_strategy='microbatch', unique_key='message_id',"
        " event_time='sent_at', batch_size='day', begin='2026-01-01'",
    )  # fmt: skip
    result = project.dbt(
        "run", "--exclude", "package:dbt_llm", "--event-time-start", "2026-01-01", "--event-time-end", "2026-01-02"
    )
    assert not result.ok and "config.incremental_strategy: would duplicate or lose rows" in result.output, result.output
    assert server.counters.calls == 0


def test_hooks_of_the_user_come_first(tmp_path: Path, server: Server) -> None:
    """What they prepare is there when the input is read for the calls."""
    project = small(tmp_path, server)
    project.task(
        "pii_risk",
        PII,
        config="materialized='table', pre_hook=\"create or replace table prepared as select * from messages\"",
        sql="{{ dbt_llm.enrich(api.Relation.create(schema='main', identifier='prepared')) }}",
    )
    project.run_tasks()
    assert server.counters.calls == ROWS
    assert project.statuses() == {("succeeded", None): ROWS}


def test_tasks_are_chained_without_a_model_between(tmp_path: Path, server: Server) -> None:
    project = small(tmp_path, server)
    for before, name, column in (("pii_risk", "second", "language"), ("second", "third", "topic")):
        project.task(
            name,
            {**PII, "prompt": f"{name}? {{body}}", "response_format": {column: {"enum": ["a", "b"]}}},
            sql=f"{{{{ dbt_llm.enrich(dbt_llm.valid(ref('{before}'))) }}}}",
        )
    for _ in range(2):
        project.run_tasks()
        assert server.counters.calls == 3 * ROWS
    assert project.query("select count(has_pii), count(language), count(topic), count(llm_status) from third") == [(ROWS,) * 4]
    project.task("direct", PII, sql="{{ dbt_llm.enrich(ref('pii_risk')) }}")
    refused = project.dbt("run", "--select", "direct")
    assert not refused.ok and "enrich(dbt_llm.valid(ref('the_other')))" in refused.output
    project.write_model("between", "select message_id, body, llm_request_key from {{ ref('pii_risk') }}")
    project.task("direct", PII, sql="{{ dbt_llm.enrich(ref('between')) }}")
    refused = project.dbt("run", "--select", "between", "direct")
    assert not refused.ok and "or none of them; got 'llm_request_key'" in refused.output
    assert server.counters.calls == 3 * ROWS

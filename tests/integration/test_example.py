"""The task of examples/support_messages runs unchanged on every adapter: each text paid for once, and the same rows."""

from pathlib import Path
from typing import Any

import pytest

from dbt_llm.testing import Server
from dbt_llm.testing.answers import PRESETS
from tests.integration.project import DUCKDB, SCHEMA, IntegrationProject, World

EXAMPLE = "examples/support_messages"
TASKS = {"pii_risk": "has_pii, pii_types, confidence", "message_topic": "topic, urgency, summary"}
ROWS = 1_200


def bodies(project: IntegrationProject) -> dict[Any, str | None]:
    return {row["message_id"]: row["body"] for row in project.task("stg_support_messages", "message_id, body")}


def rows(project: IntegrationProject) -> dict[str, list[dict[str, Any]]]:
    kept = "message_id, {}, llm_status, llm_reason, llm_prompt_version"
    return {task: project.task(task, kept.format(columns)) for task, columns in TASKS.items()}


@pytest.fixture(scope="session")
def on_duckdb(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[Any, str | None], dict[str, list[dict[str, Any]]]]:
    """The texts and the rows that the others are compared with."""
    with Server(PRESETS["demo"].answer) as server:
        world = World("duckdb", server, DUCKDB)
        project = IntegrationProject(tmp_path_factory.mktemp("example") / "project", world, SCHEMA, EXAMPLE)
        project.run("build")
        return bodies(project), rows(project)


def test_the_example(world: World, template: IntegrationProject, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    world.reset()
    world.server.answer = PRESETS["demo"].answer
    project = IntegrationProject(tmp_path / "example", world, "dbt_llm_example", EXAMPLE)
    project.run("build")
    calls = world.server.counters.calls
    texts = bodies(project)
    assert calls == 2 * len(set(texts.values()) - {None})
    found = rows(project)
    assert [len(found[task]) for task in TASKS] == [ROWS, ROWS]
    project.run("run", "--select", *TASKS)
    assert world.server.counters.calls == calls
    assert rows(project) == found
    if world.adapter == "duckdb":
        return
    expected_texts, expected = request.getfixturevalue("on_duckdb")
    # A text of three spaces in a seed is NULL to dbt's own reader, which DuckDB's adapter goes round.
    other = {key for key, text in expected_texts.items() if text != texts[key]}
    assert len(other) <= 1
    for task, expected_rows in expected.items():
        pairs = [(a, b) for a, b in zip(found[task], expected_rows, strict=True) if a["message_id"] not in other]
        # BigQuery has no NULL array in a table: it is empty on a row without an answer.
        assert [without_empty(a) for a, _ in pairs] == [without_empty(b) for _, b in pairs], task


def without_empty(row: dict[str, Any]) -> dict[str, Any]:
    return {name: None if value == [] and row["llm_status"] != "succeeded" else value for name, value in row.items()}

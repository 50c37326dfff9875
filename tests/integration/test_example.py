"""The task of examples/support_messages runs unchanged on every adapter: each text paid for once, and the same rows."""

from pathlib import Path
from typing import Any

from dbt_llm.testing import Faults
from dbt_llm.testing.answers import PRESETS
from tests.integration.project import IntegrationProject, World

EXAMPLE = "examples/support_messages"
TASKS = {"pii_risk": "has_pii, pii_types, confidence", "message_topic": "topic, urgency, summary"}
ROWS = 1_200


def bodies(project: IntegrationProject) -> dict[Any, str | None]:
    return {row["message_id"]: row["body"] for row in project.task("stg_support_messages", "message_id, body")}


def rows(project: IntegrationProject) -> dict[str, list[dict[str, Any]]]:
    kept = "message_id, {}, llm_status, llm_reason, llm_prompt_version"
    return {task: project.task(task, kept.format(columns)) for task, columns in TASKS.items()}


def test_the_example(world: World, tmp_path: Path) -> None:
    world.server.answer, world.server.faults = PRESETS["demo"].answer, Faults()
    world.server.counters.reset()
    project = IntegrationProject(tmp_path / "example", world, "dbt_llm_example", EXAMPLE)
    project.run("build")
    calls = world.server.counters.calls
    texts = bodies(project)
    assert calls == 2 * len(set(texts.values()) - {None})
    found = rows(project)
    assert [len(found[task]) for task in TASKS] == [ROWS, ROWS]
    project.run("build")
    assert world.server.counters.calls == calls
    assert rows(project) == found
    if world.adapter == "duckdb":
        return
    world.server.counters.reset()
    embedded = World("duckdb", world.server, {"type": "duckdb", "threads": 4, "plugins": [{"module": "dbt_llm.duckdb"}]})
    reference = IntegrationProject(tmp_path / "embedded", embedded, "dbt_llm_example", EXAMPLE)
    reference.run("build")
    # A text of three spaces in a seed is NULL to dbt's own reader, which DuckDB's adapter goes round.
    other = {key for key, text in bodies(reference).items() if text != texts[key]}
    assert len(other) <= 1
    for task, expected in rows(reference).items():
        pairs = [(a, b) for a, b in zip(found[task], expected, strict=True) if a["message_id"] not in other]
        # BigQuery has no NULL array in a table: it is empty on a row without an answer.
        assert [without_empty(a) for a, _ in pairs] == [without_empty(b) for _, b in pairs], task


def without_empty(row: dict[str, Any]) -> dict[str, Any]:
    return {name: None if value == [] and row["llm_status"] != "succeeded" else value for name, value in row.items()}

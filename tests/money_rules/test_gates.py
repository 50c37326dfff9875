"""The gates of docs/gates.md: each holds on a sound task, and its failing example fails as the page says."""

import re
from typing import Any

import duckdb
import pytest
import yaml

from dbt_llm.testing import Server
from tests.support.project import PII, ROOT, Project

PAGE = (ROOT / "docs" / "gates.md").read_text()
SECTION = re.compile(r"^## (\w+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
MACROS = "".join(path.read_text() for path in (ROOT / "macros" / "generic_tests").glob("*.sql"))
GATES = set(re.findall(r"\{% test (\w+)\(", MACROS)) - {"agrees_with_golden_set"}


def blocks(text: str, language: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [block for named, block in found if named == language]


EXAMPLES = {
    name: (yaml.safe_load(blocks(text, "yaml")[0])["data_tests"][0], blocks(text, "sql")[0], blocks(text, "")[0].strip())
    for name, text in SECTION.findall(PAGE)
}
BUILT = [path.stem for path in (ROOT / "models").rglob("*.sql") if path.stem not in ("dbt_llm__actuals", "dbt_llm__calibration")]
"""The package's models; those that are left out are built only where a var asks for them."""


def gated(project: Project, tests: list[Any]) -> None:
    project.task("pii_risk", PII, data_tests=tests)


@pytest.fixture
def priced(project: Project) -> Project:
    project.endpoint.update(input_usd_per_million_tokens=1, output_usd_per_million_tokens=1)
    project.write_project()
    project.messages(
        [(i, f"message {i}", "2026-01-01") for i in range(20)], "message_id bigint, body varchar, sent_at timestamptz"
    )
    return project


def test_the_page_has_a_failing_example_of_every_gate() -> None:
    assert set(EXAMPLES) == GATES
    for name, (gate, _, _) in EXAMPLES.items():
        assert (gate if isinstance(gate, str) else next(iter(gate))) == f"dbt_llm.{name}"


def test_gates_hold_on_a_sound_task_and_fail_on_the_examples(priced: Project, server: Server) -> None:
    gated(priced, [gate for gate, _, _ in EXAMPLES.values()])
    built = priced.dbt("build")
    assert built.ok and f"PASS={len(EXAMPLES) + len(BUILT) + 1} " in built.output, built.output
    calls = server.counters.calls
    with duckdb.connect(str(priced.database)) as connection:
        for _, broken, _ in EXAMPLES.values():
            connection.execute(broken)
    failed = priced.dbt("test")
    assert not failed.ok and "PASS=0 WARN=0" in failed.output, failed.output
    for name, (_, _, said) in EXAMPLES.items():
        assert said in failed.output, f"{name}: {failed.output}"
    assert server.counters.calls == calls == 20


def test_thresholds_count_rows(priced: Project) -> None:
    """dbt's own conditions decide: a few quarantined rows warn, more are an error; and a rate below the maximum is none."""
    gate = {"arguments": {"max": 0.2}, "config": {"warn_if": ">0", "error_if": ">5"}}
    gated(priced, [{"dbt_llm.quarantine_rate_below": gate}])
    priced.run_tasks()
    for quarantined, counted in ((4, "PASS=1 WARN=0 ERROR=0"), (5, "PASS=0 WARN=1 ERROR=0"), (6, "PASS=0 WARN=0 ERROR=1")):
        with duckdb.connect(str(priced.database)) as connection:
            connection.execute(f"update pii_risk set llm_status = 'quarantined' where message_id < {quarantined}")
        result = priced.dbt("test")
        assert counted in result.output, result.output


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("output_distribution_is_stable", {"column": "has_pi"}, "Expected one of 'has_pii', 'pii_types', 'confidence'; got 'has_pi'"),
    ("output_distribution_is_stable", {"sigma": "two"}, "sigma: no such value. Expected a number of at least 0; got 'two'"),
    ("output_distribution_is_stable", {"min_runs": 1}, "min_runs: no such value. Expected a whole number of at least 2; got '1'"),
    ("output_distribution_is_stable", {"window": 3}, "window: no such value. Expected a whole number of at least 5; got '3'"),
    ("output_distribution_is_stable", {"error_sigma": 1}, "error_sigma: no such value. Expected a number of at least 2; got '1'"),
    ("quarantine_rate_below", {"max": 5}, "max: no such value. Expected a number of at least 0 and at most 1; got '5'"),
    ("cost_below", {"usd": 1, "per": "week"}, "per: no such period. Expected one of 'run', 'day', 'total'; got 'week'"),
    ("cost_below", {"usd": -1}, "usd: no such value. Expected a number of at least 0; got '-1'"),
    ("every_row_answered_within", {"column": "sent_at", "hours": "1 day"}, "hours: no such value. Expected a number"),
]


def test_wrong_arguments_are_named(priced: Project) -> None:
    gated(
        priced,
        [{f"dbt_llm.{name}": {"arguments": arguments, "name": f"wrong_{i}"}} for i, (name, arguments, _) in enumerate(WRONG)],
    )
    priced.write_model("no_task", "select 1 as one")
    (priced.models / "no_task.yml").write_text(
        yaml.safe_dump({"models": [{"name": "no_task", "data_tests": [{"dbt_llm.cost_below": {"arguments": {"usd": 1}}}]}]})
    )
    priced.run_tasks()
    result = priced.dbt("test")
    said = " ".join(result.output.split())
    for name, _, sentence in WRONG:
        assert f"dbt_llm.{name}:" in said and sentence in said, sentence + result.output
    assert "not on a task. Expected a dbt model with config.meta.llm; got 'model.project.no_task'" in said


def test_a_cost_that_nobody_knows_fails(project: Project) -> None:
    gated(project, [{"dbt_llm.cost_below": {"arguments": {"usd": 1000, "per": per}}} for per in ("run", "day", "total")])
    project.run_tasks()
    result = project.dbt("test")
    assert "ERROR=3" in result.output and result.output.count("cost is not known, as the endpoint has no prices") == 3, (
        result.output
    )
    # A run that calls nothing costs nothing.
    project.run_tasks()
    again = project.dbt("test")
    assert "PASS=1 WARN=0 ERROR=2" in again.output, again.output


def test_what_a_platform_without_tokens_is_estimated_to_cost_counts(priced: Project) -> None:
    """As on Databricks, whose function tells none: a run's cost is unknown, its answers' is estimated."""
    gated(priced, [{"dbt_llm.cost_below": {"arguments": {"usd": usd}}} for usd in (0.19, 0.21)])
    priced.run_tasks()
    with duckdb.connect(str(priced.database)) as connection:
        connection.execute("update dbt_llm__runs set cost_usd = null")
        connection.execute("update dbt_llm__responses set cost_usd = null, estimated_cost_usd = 0.01")
    result = priced.dbt("test")
    assert "PASS=1 WARN=0 ERROR=1" in result.output, result.output
    assert "its latest run cost 0.2 USD, of which at most 0.19 was to be paid (partly an estimate" in " ".join(
        result.output.split()
    )


def test_a_store_of_any_schema_matches_what_was_validated(priced: Project) -> None:
    """No false alarm on a format with every construct, and each kind of edit is found."""
    kinds = {
        "kind": {"type": "string", "minLength": 1, "pattern": "^[a-z0-9 ]*$"},
        "level": {"enum": [1, 2, 3]},
        "score": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
        "due_on": {"type": "string", "format": "date"},
        "seen_at": {"type": "string", "format": "date-time", "nullable": True},
        "address": {
            "type": "object",
            "required": ["city"],
            "properties": {"city": {"type": "string"}, "zip": {"type": "integer"}},
        },
        "lines": {"type": "array", "maxItems": 5, "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
    }
    llm = {**PII, "response_format": kinds}
    priced.task("pii_risk", llm, data_tests=["dbt_llm.response_matches_schema"])
    built = priced.dbt("build", "--store-failures")
    assert built.ok, built.output
    assert priced.statuses()["succeeded", None] > 10
    edits = {
        "missing:kind": "kind = null",
        "no_match:kind": "kind = 'Ä'",
        "wrong_length:kind": "kind = ''",
        "not_in_enum:level": "level = 4",
        "out_of_range:score": "score = 1.5",
        "missing:due_on": "due_on = null",
        "wrong_type:address.city": "address = {'city': null, 'zip': 1}",
        "wrong_length:lines": "lines = [{'name': x} for x in range(6)]",
        "wrong_type:lines.name": "lines = [{'name': null}]",
    }
    with duckdb.connect(str(priced.database)) as connection:
        ids = [row[0] for row in connection.execute("select message_id from pii_risk where llm_status = 'succeeded'").fetchall()]
        expected = dict(zip(ids, edits, strict=False))
        for message_id, edit in zip(ids, edits.values(), strict=False):
            connection.execute(f"update pii_risk set {edit} where message_id = {message_id}")
        connection.execute(f"update pii_risk set score = null, seen_at = null where message_id = {ids[-1]}")
    assert not priced.dbt("test", "--store-failures").ok
    [(stored,)] = priced.query("select table_name from duckdb_tables() where schema_name like '%dbt_test__audit'")
    found = priced.query(f"select message_id, broken_rule from main_dbt_test__audit.{stored}")
    assert dict(found) == expected

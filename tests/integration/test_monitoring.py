"""What a run measures of its answers, and the gates, on every adapter."""

from typing import Any

import yaml

from tests.integration.project import IntegrationProject

GATES: list[Any] = [
    {"dbt_llm.output_distribution_is_stable": {"arguments": {"column": "tags"}}},
    {"dbt_llm.output_distribution_is_stable": {"arguments": {"sigma": 2, "error_sigma": 4}}},
    {"dbt_llm.quarantine_rate_below": {"arguments": {"max": 0}}},
    "dbt_llm.no_pending",
    {"dbt_llm.every_row_answered_within": {"arguments": {"column": "seen_at", "hours": 1}}},
    {"dbt_llm.every_row_answered_within": {"arguments": {"column": "due_on", "hours": 1.5}}},
    "dbt_llm.response_matches_schema",
    # The stand-ins' endpoints have no prices, and an unknown cost is no low one.
    {"dbt_llm.cost_below": {"arguments": {"usd": 1, "per": "day"}, "config": {"severity": "warn"}}},
]


def attach(project: IntegrationProject, model: str, tests: list[Any]) -> None:
    path = project.folder / "models" / "models.yml"
    declared = yaml.safe_load(path.read_text())
    [properties] = [properties for properties in declared["models"] if properties["name"] == model]
    properties["data_tests"] = tests
    path.write_text(yaml.safe_dump(declared, sort_keys=False, allow_unicode=True))


def measured(project: IntegrationProject, task: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """(value, rows, requests) by (column, statistic, label)."""
    found = project.rows(
        "select column_name, statistic, label, value, input_rows, distinct_requests"
        f" from dbt_llm__output_distribution where task = '{task}'"
    )
    by_name = {
        (row["column_name"], row["statistic"], row["label"]): (
            round(float(row["value"]), 6), row["input_rows"], row["distinct_requests"],
        )
        for row in found
    }  # fmt: skip
    assert len(by_name) == len(found)
    return by_name


def test_a_run_measures_its_answers_and_the_gates_hold(project: IntegrationProject) -> None:
    attach(project, "with_contract", GATES)
    selected = ("--select", "raw_messages", "as_incremental", "with_contract")
    built = project.run("build", *selected)
    assert "WARN=1 ERROR=0" in built.output, built.output
    assert "as the endpoint has no prices" in built.output

    rows = [row for row in project.task("as_incremental") if row["llm_status"] == "succeeded"]
    pii = measured(project, "as_incremental")
    share = sum(row["has_pii"] for row in rows) / 5
    assert pii["has_pii", "share", "true"] == (round(share, 6), 5, 4)
    for label in ("email", "phone"):
        assert pii["pii_types", "share", label][0] == round(sum(label in row["pii_types"] for row in rows) / 5, 6)
    assert pii["pii_types", "mean_length", None][0] == round(sum(len(row["pii_types"]) for row in rows) / 5, 6)
    confidences = sorted(row["confidence"] for row in rows)
    assert pii["confidence", "mean", None][0] == round(sum(confidences) / 5, 6)
    assert confidences[0] <= pii["confidence", "p10", None][0] <= pii["confidence", "p50", None][0] == round(confidences[2], 6)
    assert pii[None, "pending_rate", None] == (0, 5, 5)

    rows = project.task("with_contract")
    rich = measured(project, "with_contract")
    answered = [row for row in rows if row["llm_status"] == "succeeded"]
    scores = [row["score"] for row in answered]
    assert rich["score", "null_rate", None][0] == round(scores.count(None) / len(scores), 6)
    lengths = [len(row["name"]) for row in answered]
    assert rich["name", "mean_length", None][0] == round(sum(lengths) / len(lengths), 6)
    assert {key[1] for key in rich if key[0] in ("due_on", "seen_at", "address")} == {"null_rate"}

    assert {row["outcome"] for row in project.rows("select outcome from dbt_llm__drift")} == {"new_baseline", "too_few_runs"}
    before = project.rows("select count(*) as measured from dbt_llm__output_distribution")
    project.run("run", *selected)
    assert project.rows("select count(*) as measured from dbt_llm__output_distribution") == before

"""A golden set, its scores, the review sample, verdicts, the gate and the comparison: the same numbers on every adapter."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from dbt_llm.contract import request_key
from dbt_llm.testing import ChatRequest, Reply
from tests.integration.project import IntegrationProject, answer, values
from tests.unit.test_evaluation_scores import wilson

PROMPT = "Personal data? <message>{body}</message>"
BODIES = [f"golden {number}" for number in range(11)]
GOLDEN = """
{{ config(materialized='table') }}
-- depends_on: {{ ref('as_incremental') }}
{{ dbt_llm.golden(ref('golden_messages'), task='as_incremental', tolerance={'confidence': 0.05}, verdicts=ref('verdicts')) }}
"""
SELECTED = ("--select", "raw_messages", "golden_messages", "verdicts", "as_incremental", "golden_pii")
COLUMNS = ["has_pii", "pii_types", "confidence"]


def judged(request: ChatRequest) -> str | Reply:
    return "not json" if "malformed" in request.prompt else answer(request)


def expected(body: str, wrong: bool) -> dict[str, Any]:
    """What the golden set says of a body: the truth, or something else in every column."""
    found = values(PROMPT.replace("{body}", body))
    assert found is not None
    if wrong:
        types = ["phone"] if found["pii_types"] == ["email"] else ["email"]
        return {"has_pii": not found["has_pii"], "pii_types": types, "confidence": (found["confidence"] + 0.5) % 1}
    return {**found, "pii_types": found["pii_types"][::-1]}


def golden_rows() -> list[dict[str, Any]]:
    rows = [{"message_id": 100 + i, "body": body, **expected(body, wrong=i % 3 == 0)} for i, body in enumerate(BODIES)]
    return [*rows, {"message_id": 200, "body": "malformed", "has_pii": True, "pii_types": [], "confidence": 1.0}]


def write_seed(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def key_of(body: str, task: dict[str, Any]) -> str:
    return request_key(
        PROMPT.replace("{body}", body),
        model_name="stand-in",
        model_parameters=task["model_parameters"],
        response_format=task["response_format"],
    )


def test_an_evaluation(project: IntegrationProject) -> None:
    project.server.answer = judged
    path = project.folder / "models" / "models.yml"
    task = yaml.safe_load(path.read_text())["models"][0]["config"]["meta"]["llm"]
    project.edit("as_incremental", review_rate=1, candidates={"v2": {"prompt": "Personal data? {body}"}})
    rows = golden_rows()
    seeds = project.folder / "seeds"
    shown = [
        {"message_id": r["message_id"], "body": r["body"], "expected_has_pii": r["has_pii"],
         "expected_pii_types": json.dumps(r["pii_types"]), "expected_confidence": r["confidence"]}
        for r in rows
    ]  # fmt: skip
    write_seed(seeds / "golden_messages.csv", shown)
    reviewed = "Please write to ann@example.org"
    verdict = {
        "request_key": key_of(reviewed, task),
        "task": "as_incremental",
        "reviewer": "ann",
        "reviewed_at": "2026-01-01 00:00:00",
    }
    verdicts = [
        {**verdict, "column_name": "has_pii", "verdict": "right", "correct_value": ""},
        {**verdict, "column_name": "pii_types", "verdict": "wrong", "correct_value": '["fax"]'},
        {**verdict, "column_name": "has_pii", "verdict": "right", "correct_value": "", "request_key": "0" * 64},
    ]
    write_seed(seeds / "verdicts.csv", verdicts)
    declared = {
        "seeds": [
            {"name": "golden_messages", "config": {"column_types": {"message_id": "integer"}}},
            {"name": "verdicts", "config": {"column_types": {"correct_value": "string", "reviewed_at": "timestamp"}}},
        ],
        "models": [{"name": "golden_pii", "data_tests": [{"dbt_llm.agrees_with_golden_set": {"arguments": {
            "column": "has_pii", "min_accuracy": 0.99, "min_f1": {"true": 0.99}}, "config": {"severity": "warn"}}}]}],
    }  # fmt: skip
    (project.folder / "models" / "golden.yml").write_text(yaml.safe_dump(declared))
    (project.folder / "models" / "golden_pii.sql").write_text(GOLDEN)
    output = project.run("build", *SELECTED).output
    assert project.calls() == 4 + len(rows)
    project.run("run", "--select", "as_incremental", "golden_pii")
    assert project.calls() == 4 + len(rows)

    check_rows(project, rows)
    check_scores(project, rows)
    check_sample(project, task)
    unusable = project.rows("select distinct golden_key, column_name, llm_reason from golden_pii where llm_status = 'unusable'")
    assert {(row["golden_key"], row["column_name"], row["llm_reason"]) for row in unusable} == {
        (verdict["request_key"], "pii_types", "verdict_not_allowed"),
        ("0" * 64, "has_pii", "verdict_not_in_sample"),
    }
    right = sum(number % 3 != 0 for number in range(len(BODIES))) + 1
    assert f"({right} of {len(rows) + 1} right; 95 % interval" in output
    assert "    200: expected true, got <quarantined> (invalid_json)" in output

    project.run("build", "--select", "golden_pii", "--vars", "{dbt_llm_evaluate: [v2]}")
    assert project.calls() == 4 + len(rows) + len(rows) + 1
    compared = project.run("run-operation", "dbt_llm.evaluate", "--args", "{task: as_incremental}").output
    lines = [line.split()[1:] for line in compared.splitlines() if " has_pii " in line]
    assert [line[1] for line in lines] == ["current", "v2"]
    assert lines[0][3:5] == [str(len(rows) + 1), str(round(right / (len(rows) + 1), 3))]
    won, lost = (int(text) for text in lines[1][-4:-2])
    candidate = {row["golden_key"]: row["is_correct"] for row in of_column(project, "has_pii", "v2")}
    current = {row["golden_key"]: row["is_correct"] for row in of_column(project, "has_pii", "current")}
    assert won == sum(candidate[key] and not current[key] for key in current)
    assert lost == sum(current[key] and not candidate[key] for key in current)
    assert project.calls() == 4 + len(rows) + len(rows) + 1


def of_column(project: IntegrationProject, column: str, candidate: str = "current") -> list[dict[str, Any]]:
    return project.rows(
        "select golden_key, expected, answered, is_correct, deviation, expected_size, answered_size, common_size, llm_status"
        f" from golden_pii where candidate = '{candidate}' and column_name = '{column}' and llm_status != 'unusable'"
    )


def check_rows(project: IntegrationProject, rows: list[dict[str, Any]]) -> None:
    """Each golden row is judged as its expected value was made."""
    for column in COLUMNS:
        found = {row["golden_key"]: row for row in of_column(project, column)}
        for number, row in enumerate(rows):
            made = found.pop(str(row["message_id"]))
            is_final = row["body"] != "malformed"
            assert made["llm_status"] == ("succeeded" if is_final else "quarantined")
            assert made["is_correct"] is (is_final and number % 3 != 0), (column, made)
            if is_final and column == "pii_types":
                truth = set(expected(row["body"], wrong=False)["pii_types"])
                assert set(json.loads(made["answered"])) == truth
                sizes = (made["expected_size"], made["answered_size"], made["common_size"])
                assert sizes == (len(row["pii_types"]), len(truth), len(truth & set(row["pii_types"])))
        assert len(found) == (column == "has_pii"), "the verdict that is right"


def check_scores(project: IntegrationProject, rows: list[dict[str, Any]]) -> None:
    right = sum(number % 3 != 0 for number in range(len(BODIES)))
    scores = {
        row["column_name"]: row
        for row in project.rows("select * from dbt_llm__evaluations where candidate = 'current' order by evaluated_at")
    }
    for column in COLUMNS:
        n, correct = (len(rows) + 1, right + 1) if column == "has_pii" else (len(rows), right)
        found = scores[column]
        assert (found["n"], found["correct"], found["unanswered"]) == (n, correct, 0)
        assert (found["accuracy"], found["accuracy_low"], found["accuracy_high"]) == pytest.approx(
            (correct / n, *wilson(correct, n))
        )
        assert found["quarantine_share"] == pytest.approx(1 / n)
    assert scores["has_pii"]["unusable_verdicts"] == scores["pii_types"]["unusable_verdicts"] == 1
    errors = [row["deviation"] for row in of_column(project, "confidence") if row["deviation"] is not None]
    assert scores["confidence"]["mean_absolute_error"] == pytest.approx(sum(map(abs, errors)) / len(BODIES))
    assert scores["confidence"]["root_mean_square_error"] == pytest.approx((sum(e * e for e in errors) / len(BODIES)) ** 0.5)
    sets = [(set(json.loads(r["expected"])), set(json.loads(r["answered"] or "[]"))) for r in of_column(project, "pii_types")]
    common = sum(len(e & a) for e, a in sets)
    assert scores["pii_types"]["micro_f1"] == pytest.approx(2 * common / sum(len(e) + len(a) for e, a in sets))
    labels = project.rows(
        "select distinct label, true_positives, false_positives, false_negatives from dbt_llm__evaluation_labels"
        " where candidate = 'current' and column_name = 'pii_types'"
    )
    assert {row["label"]: (row["true_positives"], row["false_positives"], row["false_negatives"]) for row in labels} == {
        label: (
            sum(label in e and label in a for e, a in sets),
            sum(label not in e and label in a for e, a in sets),
            sum(label in e and label not in a for e, a in sets),
        )
        for label in ("email", "phone")
    }
    pairs = project.rows("select * from dbt_llm__evaluation_confusion where candidate = 'current' and expected_label = 'true'")
    assert {row["answered_label"] for row in pairs} >= {"true", "<quarantined>"}
    kept = project.rows("select count(*) as row_count from dbt_llm__evaluation_rows")
    assert kept[0]["row_count"] == 3 * len(rows) + 1, "the second run changed nothing"


def check_sample(project: IntegrationProject, task: dict[str, Any]) -> None:
    sample = {row["request_key"]: row for row in project.rows("select * from dbt_llm__review_sample")}
    bodies = {row["body"] for row in project.rows("select body from raw_messages where body is not null")}
    assert sample.keys() == {key_of(body, task) for body in bodies}
    for body in bodies:
        row = sample[key_of(body, task)]
        assert json.loads(row["input"]) == {"body": body}
        assert json.loads(row["output"]) == values(PROMPT.replace("{body}", body))
    assert sample[key_of("Where is my parcel?", task)]["input_rows"] == 2
    assert sample[key_of("Where is my parcel?", task)]["row_key"] == "2"

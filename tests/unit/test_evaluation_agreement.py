"""The generic test agrees_with_golden_set, as a query over golden rows; and what golden() makes of a schema and its arguments."""

from typing import Any

import duckdb
import pytest

from tests.support.macros import Macros
from tests.unit.test_evaluation_scores import COLUMNS, Row, row

EVALUATED = (
    "golden varchar, prompt_version varchar, model_name varchar, golden_key varchar, column_name varchar, expected varchar,"
    " is_correct boolean, evaluated_at timestamp"
)


def disagreements(macros: Macros, rows: list[Row], accepted: list[tuple[Any, ...]] = [], **arguments: Any) -> list[Any]:  # noqa: B006
    options: dict[str, Any] = {
        "column": "label", "min_accuracy": 0.5, "min_f1": None, "not_worse_than": None, "significance": 0.05, "worst": 10,
        **arguments,
    }  # fmt: skip
    query = macros.call("_agreement_query", rows="golden_rows", golden_name="golden_pii", evaluation_rows="evaluated", **options)
    with duckdb.connect() as connection:
        connection.execute(f"create table golden_rows ({COLUMNS}); create table evaluated ({EVALUATED})")
        for found in rows:
            names, marks = ", ".join(found), ", ".join("?" * len(found))
            connection.execute(f"insert into golden_rows ({names}) values ({marks})", list(found.values()))
        for number, found in enumerate(accepted):
            moment = f"2026-01-01 00:00:{number:02}"
            connection.execute("insert into evaluated values ('golden_pii', ?, ?, ?, ?, ?, ?, ?)", [*found, moment])
        return connection.execute(f"{query} order by 1, 2").fetchall()


def golden(right: int, wrong: int, **more: Any) -> list[Row]:
    answers = ["a"] * right + ["b"] * wrong
    return [row("label", "a", answer, golden_key=f"k{number:02}", **more) for number, answer in enumerate(answers)]


def test_agreement_has_no_rows(macros: Macros) -> None:
    assert disagreements(macros, golden(8, 2), min_accuracy=0.8) == []


def test_the_worst_rows_are_named_with_what_was_not_met(macros: Macros) -> None:
    rows = [*golden(7, 2), row("label", "a", None, "quarantined", golden_key="k99", llm_reason="invalid_json")]
    found = disagreements(macros, rows, min_accuracy=0.8, worst=2)
    assert found[0][1] == "accuracy 0.7 (7 of 10 right; 95 % interval 0.3968 to 0.8922); expected at least 0.8"
    assert [line[2:] for line in found[1:]] == [("k07", "a", "b", None), ("k08", "a", "b", None)]
    assert disagreements(macros, rows, min_accuracy=0.8)[-1][2:] == ("k99", "a", "<quarantined>", "invalid_json")


def test_the_largest_errors_come_first(macros: Macros) -> None:
    numbers = [row("number", 1.0, 1.0 + error, golden_key=str(error)) for error in (0.2, -3.0, 0.9)]
    found = disagreements(macros, numbers, column="number", min_accuracy=0.9)
    assert [line[2] for line in found[1:]] == ["-3.0", "0.9", "0.2"]
    answers = [["x"], [], ["x", "y", "z"]]
    sets = [row("array", ["x", "y"], answer, golden_key=str(number)) for number, answer in enumerate(answers)]
    found = disagreements(macros, sets, column="array", min_accuracy=0.9)
    assert [line[2] for line in found[1:]] == ["1", "0", "2"]


def test_what_has_no_answer_fails_with_the_command(macros: Macros) -> None:
    rows = [*golden(9, 0), row("label", "a", None, "pending", golden_key="k99", llm_reason="not_requested")]
    found = disagreements(macros, rows, min_accuracy=0.9)
    assert found[0][1] == "1 of 10 golden rows have no answer; run: dbt build --select golden_pii"
    assert found[1][2:] == ("k99", "a", "<pending>", "not_requested")


def test_no_golden_rows_fails(macros: Macros) -> None:
    for rows in ([], golden(5, 0, candidate="v2"), golden(5, 0, column_name="other")):
        [found] = disagreements(macros, rows)
        assert found[1].startswith("no golden row has an expected value of this column")


def test_only_the_task_as_it_stands_is_judged(macros: Macros) -> None:
    assert disagreements(macros, [*golden(9, 1), *golden(0, 30, candidate="v2")], min_accuracy=0.9) == []


def test_f1_of_labels_and_of_an_arrays_values(macros: Macros) -> None:
    found = disagreements(macros, golden(8, 2), min_f1={"a": 0.9, "b": 0.1, "it's": 0.1})
    assert [line[1] for line in found[:3]] == [
        "F1 of 'a' 0.8889; expected at least 0.9",
        "F1 of 'b' 0.0; expected at least 0.1",
        "F1 of 'it's' not known, for it is neither expected nor answered; expected at least 0.1",
    ]
    sets = [row("array", ["x"], answer, golden_key=str(number)) for number, answer in enumerate([["x", "y"], ["x"], None])]
    sets[2]["llm_status"] = "quarantined"
    assert disagreements(macros, sets, column="array", min_accuracy=0, min_f1={"x": 0.8, "y": 0}) == []
    assert disagreements(macros, sets, column="array", min_accuracy=0, min_f1={"x": 0.81})[0][1].startswith("F1 of 'x' 0.8;")


def test_worse_than_the_accepted_version_by_the_paired_test(macros: Macros) -> None:
    rows = golden(14, 6)
    accepted = [("0123456789ab", "m", found["golden_key"], "label", "a", True) for found in rows]
    found = disagreements(macros, rows, accepted, not_worse_than="0123456789ab")
    assert found[0][1] == (
        "worse than prompt version 0123456789ab on the same golden rows: 6 rows lost, 0 won, McNemar mid-p 0.0078; expected at"
        " least 0.05"
    )
    assert disagreements(macros, rows, accepted, not_worse_than="0123456789ab", significance=0.001) == []
    # Two lost rows of twenty are noise.
    assert disagreements(macros, golden(18, 2), accepted, not_worse_than="0123456789ab") == []


def test_rows_that_were_labelled_anew_are_not_compared(macros: Macros) -> None:
    rows = golden(14, 6)
    accepted = [("0123456789ab", "m", found["golden_key"], "label", "another", True) for found in rows]
    [found, *_] = disagreements(macros, rows, accepted, not_worse_than="0123456789ab")
    assert found[1] == "there are no results of prompt version 0123456789ab on these golden rows to be held against"


def test_the_latest_result_and_language_model_of_the_accepted_version_count(macros: Macros) -> None:
    rows = golden(14, 6)
    keys = [found["golden_key"] for found in rows]
    old = [("0123456789ab", "old", key, "label", "a", True) for key in keys[:9]]
    corrected = [("0123456789ab", "new", key, "label", "a", key not in keys[14:]) for key in keys]
    assert disagreements(macros, rows, old + corrected, not_worse_than="0123456789ab") == []


@pytest.mark.parametrize(
    ("schema", "kind", "labels"),
    [
        ({"type": "boolean"}, "label", ["true", "false"]),
        ({"enum": ["a", "b", None]}, "label", ["a", "b"]),
        ({"const": "a"}, "label", ["a"]),
        ({"type": "integer", "enum": [1, 2]}, "number", None),
        ({"type": "number"}, "number", None),
        ({"type": "string", "format": "date"}, "text", None),
        ({"type": "string", "format": "date-time"}, None, None),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, "array", ["a", "b"]),
        ({"type": "array", "items": {"type": "string"}}, "array", None),
        ({"type": "array", "items": {"type": "array", "items": {"type": "string"}}}, None, None),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, None, None),
    ],
)
def test_how_a_column_is_judged(schema: Row, kind: str | None, labels: list[str] | None, macros: Macros) -> None:
    faults: list[str] = []
    normal = macros.call("_response_schema", response_format={"x": schema, "y": {"type": "boolean"}})
    columns = macros.call("_evaluated_columns", schema=normal, names=None, faults=faults)
    assert faults == []
    found = columns.get("x")
    assert (found and found["kind"], found and found["labels"]) == (kind, labels)


@pytest.mark.parametrize(
    ("kind", "labels", "text", "possible"),
    [
        ("label", ["true", "false"], "true", True),
        ("label", ["true", "false"], "yes", False),
        ("number", None, "0.5", True),
        ("number", None, "-3", True),
        ("number", None, "many", False),
        ("array", ["a", "b"], '["a"]', True),
        ("array", ["a", "b"], "[]", True),
        ("array", ["a", "b"], '["a", "c"]', False),
        ("array", ["a", "b"], "[null]", False),
        ("array", None, '["anything"]', True),
        ("array", None, "a|b", False),
        ("array", None, '{"a": 1}', False),
        ("text", None, "anything", True),
    ],
)
def test_an_expectation_that_no_answer_can_meet_is_seen(
    kind: str, labels: list[str] | None, text: str, possible: bool, macros: Macros
) -> None:
    condition = macros.call("_is_possible_answer", expected="expected", column={"kind": kind, "labels": labels})
    assert duckdb.execute(f"select {condition} from (select ? as expected)", [text]).fetchone() == (possible,)


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ({"v2": {"prompt": "a {b}"}, "mini": {"endpoint": "small"}}, None),
        ("v2", "meta.llm.candidates: not a mapping"),
        ({"current": {"prompt": "a"}}, "not a name. Expected letters, digits and underscores, and not 'current'"),
        ({"v 2": {"prompt": "a"}}, "got 'v 2'"),
        ({"v2": {}}, "meta.llm.candidates.v2: changes nothing"),
        ({"v2": {"promt": "a"}}, "unknown key 'promt'"),
        ({"v2": {"limits": {}}}, "unknown key 'limits'. Expected one of 'prompt', 'endpoint', 'response_format'"),
    ],
)
def test_candidates(candidates: Any, expected: str | None, macros: Macros) -> None:
    faults = macros.call("_candidate_faults", candidates=candidates)
    assert (faults == []) if expected is None else any(expected in fault for fault in faults), faults

"""The review without a browser: what a completion says, what a verdict may say, and that verdicts count as golden rows."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from dbt_llm.client import ConfigurationError
from dbt_llm.review import Reviews, Tables, described, duckdb_file
from dbt_llm.review.project import Task
from dbt_llm.review.values import DEEPEST, Column, as_text, fault, found_in, parsed, read, same
from tests.support.project import PII, Project

LABEL = Column("topic", "label", ("billing", "other"))
LABELS = Column("types", "array", ("email", "phone"))
NUMBER = Column("score", "number")
TEXT = Column("summary", "text")


def test_columns_are_told_from_completions() -> None:
    outputs = [
        None, "not json", "[1]",
        '{"ok": true, "topic": "billing", "types": [], "score": 1, "summary": "a", "address": {"n": 1}, "lines": [{"n": 1}]}',
        '{"ok": null, "topic": "other", "types": ["email"], "score": null, "extra": 2.5}',
    ]  # fmt: skip
    found = found_in(outputs, {"topic": ["billing", "other"], "types": ["email", "phone"]})
    assert found == [Column("ok", "label", ("true", "false")), LABEL, LABELS, NUMBER, TEXT, Column("extra", "number")]
    assert parsed("[1]") is None


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        (LABEL, "billing", None),
        (LABEL, "bill", "topic: expected one of billing, other; got 'bill'."),
        (LABELS, '["phone", "email"]', None),
        (LABELS, '["fax"]', "types: expected only email, phone; got 'fax'."),
        (LABELS, "email", "types: expected a JSON array"),
        (NUMBER, "0.5", None),
        (NUMBER, "half", "score: expected a number; got 'half'."),
        (NUMBER, "true", "score: expected a number; got 'true'."),
        (TEXT, "anything", None),
    ],
)
def test_what_no_answer_can_be_is_told(column: Column, value: str, told: str | None) -> None:
    got = fault(column, value)
    assert got is None if told is None else got is not None and got.startswith(told)


@pytest.mark.parametrize(
    ("column", "one", "other", "are_same"),
    [
        (LABELS, '["email","phone"]', '["phone", "email"]', True),
        (LABELS, '["email"]', "[]", False),
        (NUMBER, "1", "1.0", True),
        (NUMBER, "1", None, False),
        (TEXT, "1", "1.0", False),
        (TEXT, None, None, True),
    ],
)
def test_the_same_value(column: Column, one: str | None, other: str | None, are_same: bool) -> None:
    assert same(column, one, other) is are_same


def test_a_value_as_a_verdict_writes_it() -> None:
    assert [as_text(value) for value in (None, True, 0.5, "é", ["é"])] == [None, "true", "0.5", "é", '["é"]']


@pytest.mark.parametrize(
    "completion",
    ['{"a": 1, "b": 2, "a": 3}', '{"b": {"c": "x", "c": "y"}, "a": [{"d": null, "d": 1}]}', '{"a": 1, "\\u0061": 2, "b": 0}'],
)
def test_a_doubled_key_is_shown_as_the_table_has_it(completion: str) -> None:
    shown = parsed(completion)
    assert shown is not None
    for name in ("a", "b", "b.c", "a[0].d"):
        [[held]] = duckdb.execute("select json_extract_string(?::json, ?)", [completion, f"$.{name}"]).fetchall()
        [[again]] = duckdb.execute("select json_extract_string(?::json, ?)", [json.dumps(shown), f"$.{name}"]).fetchall()
        assert (name, again if "{" not in str(again) else None) == (name, held if "{" not in str(held) else None)


@pytest.mark.parametrize("deep", ["[" * 100_000 + "]" * 100_000, "[" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000])
def test_an_answer_however_deep_is_a_text(deep: str) -> None:
    assert parsed(f'{{"has_pii": {deep}}}') is None
    assert found_in([f'{{"has_pii": {deep}}}'], {}) == []
    assert not same(LABELS, deep, "[]")
    assert fault(LABELS, deep) is not None
    assert parsed(json.dumps({"text": "[{" * 1000})) == {"text": "[{" * 1000}
    assert read("[" * DEEPEST + "]" * DEEPEST) is not None


def test_half_a_character_is_no_answer_here_either() -> None:
    text = '{"a": "\\ud83d"}'
    assert duckdb.execute("select try_cast(? as json)", [text]).fetchall() == [(None,)]
    assert parsed(text) is None


def test_what_the_project_says_of_a_task(tmp_path: Path) -> None:
    """From the manifest: either form of a response format, and the YAML's columns where they say something else."""
    columns = {"has_pii": {"description": "Any personal data?"}, "body": {"description": ""}}
    formats: list[dict[str, Any]] = [
        {"has_pii": {"type": "boolean", "description": "names count too"}, "score": {"type": "number"}},
        {"type": "object", "properties": {"has_pii": {"type": "boolean", "description": "Any personal data?"}}},
    ]
    nodes = {
        f"model.p.task_{n}": {
            "name": "task", "version": n or None, "columns": columns,
            "config": {"meta": {"llm": {"prompt": "PII? {body}", "response_format": response_format}}},
        }
        for n, response_format in enumerate(formats)
    }  # fmt: skip
    nodes["model.p.other"] = {"name": "other", "version": None, "columns": {}, "config": {"meta": {}}}
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": nodes}))
    assert described(tmp_path) == {
        "task": Task("PII? {body}", {"has_pii": "names count too\nAny personal data?"}),
        "task.v1": Task("PII? {body}", {"has_pii": "Any personal data?"}),
    }
    with pytest.raises(ConfigurationError, match="Run `dbt parse` first"):
        described(tmp_path / "no")


@pytest.fixture
def database(history_database: Path) -> Path:
    return history_database


def reviews(database: Path, *columns: str) -> Reviews:
    made = Reviews(Tables(duckdb_file(database), "main", "main.verdicts"), columns)
    made.prepare()
    return made


def written(database: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(database)) as connection:
        return connection.execute(
            "select request_key, column_name, verdict, correct_value, reviewer from verdicts order by all"
        ).fetchall()


def test_what_is_judged(database: Path) -> None:
    assert reviews(database).tasks() == ["pii_risk"]
    # Those that the golden model evaluates; nobody evaluates the confidence.
    assert [column.name for column in reviews(database).columns("pii_risk")] == ["has_pii", "pii_types"]
    assert [column.name for column in reviews(database, "confidence").columns("pii_risk")] == ["confidence"]
    with pytest.raises(ConfigurationError, match="no response column 'confidense' to judge"):
        reviews(database, "confidense").columns("pii_risk")
    with duckdb.connect(str(database)) as connection:
        connection.execute("delete from dbt_llm__evaluations")
    assert [column.name for column in reviews(database).columns("pii_risk")] == ["has_pii", "pii_types"]


def test_the_queue_goes_on_where_reviewers_stopped(database: Path) -> None:
    reviewing = reviews(database)
    columns = reviewing.columns("pii_risk")
    queue = reviewing.queue("pii_risk", columns)
    assert [(item.request_key, item.is_judged) for item in queue][:2] == [("key 0", False), ("key 1", False)]
    assert len(queue) == 6
    answer = reviewing.answer("pii_risk", "key 0")
    assert answer.values == {"has_pii": "true", "pii_types": '["email"]', "confidence": "0.9"}
    reviewing.approve("pii_risk", answer, columns, "ann")
    assert [item.request_key for item in reviews(database).queue("pii_risk", columns) if item.is_judged] == ["key 0"]
    # Asked about one more column, the row is open again.
    more = reviews(database, "has_pii", "pii_types", "confidence")
    assert not any(item.is_judged for item in more.queue("pii_risk", more.columns("pii_risk")))


def test_the_latest_verdict_is_shown(database: Path) -> None:
    reviewing = reviews(database)
    columns = reviewing.columns("pii_risk")
    answer = reviewing.answer("pii_risk", "key 0")
    reviewing.approve("pii_risk", answer, columns, "ann")
    reviewing.correct("pii_risk", answer, columns, {"has_pii": "false", "pii_types": '["email"]'}, "bob")
    assert reviewing.latest("pii_risk", "key 0") == {"has_pii": ("wrong", "false", "bob"), "pii_types": ("right", None, "bob")}


def test_nothing_is_refused_in_silence_and_nothing_half_written(database: Path) -> None:
    reviewing = reviews(database)
    columns = reviewing.columns("pii_risk")
    good, quarantined = reviewing.answer("pii_risk", "key 0"), reviewing.answer("pii_risk", "key q")
    assert quarantined.values == {} and not quarantined.is_valid
    refusals: list[tuple[Any, str]] = [
        (lambda: reviewing.approve("pii_risk", quarantined, columns, "ann"), "cannot be right"),
        (lambda: reviewing.approve("pii_risk", good, columns, " "), "has a reviewer"),
        (lambda: reviewing.approve("pii_risk", good, [], "ann"), "no column that can be judged"),
        (
            lambda: reviewing.correct("pii_risk", good, columns, {"has_pii": "true", "pii_types": '["email"]'}, "ann"),
            "Nothing differs",
        ),
        (
            lambda: reviewing.correct("pii_risk", good, columns, {"has_pii": "maybe", "pii_types": "x"}, "ann"),
            "expected one of true, false",
        ),
        (lambda: reviewing.answer("pii_risk", "no such key"), "no longer in the sample"),
    ]
    for refused, words in refusals:
        with pytest.raises(ConfigurationError, match=words):
            refused()
    assert written(database) == []
    reviewing.correct("pii_risk", quarantined, columns, {"has_pii": "false", "pii_types": None}, "ann")
    assert written(database) == [("key q", "has_pii", "wrong", "false", "ann"), ("key q", "pii_types", "wrong", None, "ann")]


def test_a_missing_file_is_no_empty_database(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is no file"):
        duckdb_file(tmp_path / "no.duckdb")
    assert list(tmp_path.iterdir()) == []


def test_verdicts_count_as_golden_rows(project: Project) -> None:
    """From the page's table into a golden model: a right answer, a corrected one, and one that nobody could correct."""
    project.messages([(i, f"message {i}") for i in range(4)])
    project.task("pii_risk", {**PII, "review_rate": 1})
    project.run_tasks()
    reviewing = Reviews(Tables(duckdb_file(project.database), "main", "main.verdicts"), ["has_pii", "pii_types"])
    reviewing.prepare()
    columns = reviewing.columns("pii_risk")
    keys = [item.request_key for item in reviewing.queue("pii_risk", columns)]
    assert len(keys) == 4
    answers = [reviewing.answer("pii_risk", key) for key in keys[:3]]
    other = "false" if answers[1].values["has_pii"] == "true" else "true"
    reviewing.approve("pii_risk", answers[0], columns, "ann")
    reviewing.correct("pii_risk", answers[1], columns, {"has_pii": other, "pii_types": answers[1].values["pii_types"]}, "ann")
    reviewing.correct("pii_risk", answers[2], columns, {"has_pii": None, "pii_types": answers[2].values["pii_types"]}, "ann")

    with duckdb.connect(str(project.database)) as connection:
        connection.execute(
            "create table golden_set (message_id bigint, body varchar, expected_has_pii boolean, expected_pii_types varchar)"
        )
        connection.execute("insert into golden_set values (0, 'message 0', true, '[]')")
    (project.models / "labels.yml").write_text(
        yaml.safe_dump({"sources": [{"name": "labels", "schema": "main", "tables": [{"name": "golden_set"}]}]})
    )
    project.write_model(
        "golden_pii",
        "{{ config(materialized='table') }}\n-- depends_on: {{ ref('pii_risk') }}\n"
        "{{ dbt_llm.golden(source('labels', 'golden_set'), task='pii_risk', columns=['has_pii', 'pii_types']) }}",
    )
    project.write_project(dbt_llm_verdicts="main.verdicts")
    project.run_tasks()
    found = {
        (key, column): (is_correct, reason)
        for key, column, is_correct, reason in project.query(
            "select golden_key, column_name, is_correct, llm_reason from golden_pii where golden_source = 'verdict'"
        )
    }
    assert found == {
        (keys[0], "has_pii"): (True, None), (keys[0], "pii_types"): (True, None),
        (keys[1], "has_pii"): (False, None), (keys[1], "pii_types"): (True, None),
        (keys[2], "has_pii"): (None, "verdict_without_value"), (keys[2], "pii_types"): (True, None),
    }  # fmt: skip

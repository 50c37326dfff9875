"""A filter from answers to rows: trained on a task's tables in DuckDB, then found by the task's own query; without dbt."""

import dataclasses
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

import dbt_llm
from dbt_llm.client import ConfigurationError, DbtLlmError
from dbt_llm.contract import prompt_version, request_key
from dbt_llm.filters.database import train_in
from dbt_llm.filters.task import FilteredTask
from dbt_llm.macros import Macros, Relation
from tests.support.package_tables import _Types, create_tables

LLM: dict[str, Any] = {
    "endpoint": "fast",
    "prompt": "PII? {body}",
    "response_format": {"has_pii": {"type": "boolean"}},
    "filter": {"label": "has_pii", "recall": 0.95, "audit": 0.1},
}
SCHEMA = {"type": "object", "properties": {"has_pii": {"type": "boolean"}}, "required": ["has_pii"]}
VERSION = prompt_version(LLM["prompt"], model_parameters={}, response_format=SCHEMA["properties"])
TASK = FilteredTask("pii_risk", "pii_risk", "messages", ("message_id",), LLM)


def relation(name: str) -> Relation:
    return Relation(name, "memory", "main", name)


class Incremental:
    """dbt's `config` of an incremental task."""

    def get(self, name: str, default: Any = None) -> Any:
        return {"materialized": "incremental", "unique_key": "message_id"}.get(name, default)


def macros(connection: duckdb.DuckDBPyConnection, **variables: Any) -> Macros:
    def rows(sql: str) -> Any:
        found = connection.execute(sql)
        return type("Table", (), {"rows": found.fetchall() if found.description else []})

    names = {
        "dbt": _Types(), "this": relation("pii_risk"), "invocation_id": "run 2", "run_query": rows,
        "var": lambda name, default=None: variables.get(name, default), "config": Incremental(),
        "model": {"name": "pii_risk", "resource_type": "model", "language": "sql"},
        "should_full_refresh": lambda: False, "is_incremental": lambda: True,
    }  # fmt: skip
    answers = {
        "_package_relation": relation, "_work_relation": lambda suffix: relation(f"pii_risk__{suffix}"),
        "_task_name": lambda: "pii_risk", "task_config": lambda: LLM,
    }  # fmt: skip
    made = Macros("duckdb", names, answers)
    made.types = lambda name: {column: kind for column, kind, *_ in connection.execute(f"describe {name}").fetchall()}
    return made


def task_query(
    connection: duckdb.DuckDBPyConnection, incremental: bool = False, prompt: str | None = None, **variables: Any
) -> str:
    rendered = macros(connection, **variables)
    task = {
        "name": "pii_risk", "model_name": "m", "prompt": prompt or LLM["prompt"], "response_format": LLM["response_format"],
        "response_schema": rendered.call("_response_schema", LLM["response_format"]), "model_parameters": {}, "max_attempts": 3,
        "filter": rendered.call("_filter_of", LLM), "keep_previous": incremental,
    }  # fmt: skip
    found: str = rendered.call(
        "_task_query", relation="messages", responses="dbt_llm__responses", task=task, incremental=incremental
    )
    return found


def key(number: int) -> str:
    return request_key(f"PII? message {number}", model_name="m", model_parameters={}, response_format=SCHEMA["properties"])


def is_wanted(number: Any) -> Any:
    """One in five; of a number, or of an array of them."""
    return number % 5 == 0


def is_drawn(number: int, audit: float = 0.1) -> bool:
    return key(number)[8:16] < f"{round(audit * 2**32):08x}"


def add_messages(connection: duckdb.DuckDBPyConnection, first: int, count: int, distance: float = 3.0) -> None:
    numbers = np.arange(first, first + count)
    embeddings = np.random.default_rng(first).standard_normal((count, 3)).astype(np.float32)
    embeddings[is_wanted(numbers), 0] += distance
    rows = pa.table({"n": numbers, "body": [f"message {n}" for n in numbers], "embedding": list(embeddings)})
    connection.from_arrow(rows).insert_into("messages")


def answer(connection: duckdb.DuckDBPyConnection, where: str, at: str) -> int:
    """Answer the pending requests of the task's query, and build its table anew; return how many were asked."""
    asked = [
        n
        for (n,) in connection.execute(
            f"select message_id from ({task_query(connection)}) where llm_status = 'pending' and {where}"
        ).fetchall()
    ]
    completions = [json.dumps({"has_pii": bool(is_wanted(n))}) for n in asked]
    answers = pa.table({"request_key": [key(n) for n in asked], "completion": completions})  # noqa: F841 - DuckDB reads it
    connection.execute(
        "insert into dbt_llm__responses (request_key, task, model_name, status, completion, attempt, responded_at)"
        " select request_key, 'pii_risk', 'm', 'succeeded', completion, 1, $at from answers",
        {"at": at},
    )
    connection.execute(f"create or replace table pii_risk as {task_query(connection)}")
    return len(asked)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        create_tables(
            made, ["dbt_llm__responses", "dbt_llm__runs", "dbt_llm__filters", "dbt_llm__filter_audit", "dbt_llm__evaluation_rows"]
        )
        made.execute("create table messages (message_id bigint, body varchar, embedding float[3])")
        made.execute(
            "insert into dbt_llm__runs (task, model_name, prompt_version, started_at) values ('pii_risk', 'm', ?, now())",
            [VERSION],
        )
        add_messages(made, 0, 1_000)
        yield made


def statuses(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str | None], int]:
    found = connection.execute("select llm_status, llm_reason, count(*) from pii_risk group by all").fetchall()
    return {(status, reason): count for status, reason, count in found}


def test_without_a_filter_everything_is_asked(connection: duckdb.DuckDBPyConnection) -> None:
    assert answer(connection, "true", "2020-01-01") == 1_000
    assert statuses(connection) == {("succeeded", None): 1_000}
    assert connection.execute("select count(llm_filter_score), count(llm_filter_version) from pii_risk").fetchall() == [(0, 0)]
    columns = [name for name, *_ in connection.execute("describe pii_risk").fetchall()]
    assert columns[:5] == ["message_id", "body", "llm_filter_score", "llm_filter_version", "has_pii"], (
        "no embedding, and nothing private"
    )


def test_a_filter_drops_rows_shows_why_and_asks_the_audit(connection: duckdb.DuckDBPyConnection) -> None:
    answer(connection, "true", "2020-01-01")
    trained = train_in(connection, TASK)
    assert trained.filter.threshold is not None and trained.rows.prompt_version == VERSION
    add_messages(connection, 1_000, 2_000)
    asked = answer(connection, "true", "2100-01-01")
    found = statuses(connection)
    dropped = found["skipped", "filtered"]
    assert asked + dropped == 2_000 and set(found) == {("succeeded", None), ("skipped", "filtered")}
    # What was asked before is shown, whatever its score.
    assert found["succeeded", None] == 1_000 + asked
    # A fifth is wanted, a tenth of the others is asked as the audit.
    assert 2_000 * (0.2 + 0.8 * 0.1) * 0.9 < asked < 2_000 * 0.45
    assert connection.execute(
        "select count(*) from pii_risk where llm_status = 'skipped' and (has_pii is not null or llm_filter_score is null"
        " or llm_filter_version != ?)", [trained.filter.version],
    ).fetchall() == [(0,)]  # fmt: skip
    # The database's score is that of the companion.
    rows = connection.execute("select embedding, llm_filter_score from messages join pii_risk using (message_id)").fetchall()
    assert np.allclose(trained.filter.scores(np.array([row[0] for row in rows])), [row[1] for row in rows], atol=1e-5)
    # All of the audit is asked, below and above the threshold, and only what the filter had not seen tells of its recall.
    macros(connection).call("_record_filter_audit")
    audited = connection.execute("select request_key, is_passed, is_wanted from dbt_llm__filter_audit").fetchall()
    drawn = {key(n): n for n in range(1_000, 3_000) if is_drawn(n)}
    assert {row[0] for row in audited} == set(drawn)
    assert all(wanted == is_wanted(drawn[request]) for request, _, wanted in audited)
    macros(connection).call("_record_filter_audit")
    assert connection.execute("select count(*) from dbt_llm__filter_audit").fetchall() == [(len(drawn),)], "appended once"


@pytest.mark.parametrize(
    "change",
    [
        "prompt_version = 'ffffffffffff'",
        "model_name = 'other'",
        "stated_recall = 0.9",
        "label_values = '[\"false\"]'",
        "threshold = null",
    ],
)
def test_a_filter_for_something_else_is_not_in_force(connection: duckdb.DuckDBPyConnection, change: str) -> None:
    answer(connection, "true", "2020-01-01")
    train_in(connection, TASK)
    add_messages(connection, 1_000, 100)
    assert (
        connection.execute(f"select count(*) from ({task_query(connection)}) where llm_reason = 'filtered'").fetchall()[0][0] > 50
    )
    connection.execute(f"update dbt_llm__filters set {change}")
    assert connection.execute(f"select count(*) from ({task_query(connection)}) where llm_reason = 'filtered'").fetchall() == [
        (0,)
    ]


def test_a_row_without_an_embedding_or_with_another_one_is_let_through(connection: duckdb.DuckDBPyConnection) -> None:
    answer(connection, "true", "2020-01-01")
    train_in(connection, TASK)
    connection.execute("alter table messages alter embedding type float[]")
    connection.execute(
        "insert into messages values (9001, 'x', null), (9002, 'y', [1.0]), (9003, 'z', ['nan'::float, 0, 0]),"
        " (9004, 'w', [-9, 0, 0])"
    )
    found = connection.execute(
        f"select message_id, llm_status from ({task_query(connection)}) where message_id > 9000"
    ).fetchall()
    assert dict(found) == {9001: "pending", 9002: "pending", 9003: "pending", 9004: "skipped"}


def test_what_a_filter_chose_proves_nothing_of_the_next_one(connection: duckdb.DuckDBPyConnection) -> None:
    answer(connection, "true", "2020-01-01")
    first = train_in(connection, TASK).filter
    add_messages(connection, 1_000, 2_000)
    asked = answer(connection, "true", "2100-01-01")
    again = train_in(connection, TASK).filter
    drawn = sum(is_drawn(n) and key(n)[16] < "8" for n in range(1_000, 3_000))
    assert again.held_out_rows == first.held_out_rows + drawn
    assert again.learned_rows == first.learned_rows + asked - drawn


def test_a_filter_of_another_prompt_has_chosen_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    """After an edit everything is asked, and all of it may prove the next filter."""
    answer(connection, "true", "2021-01-01")
    connection.execute(
        "insert into dbt_llm__filters (filter_version, task, model_name, prompt_version, threshold, trained_at)"
        " values ('old', 'pii_risk', 'm', 'ffffffffffff', 0, '2020-01-01')"
    )
    found = train_in(connection, TASK).filter
    assert found.threshold is not None and found.held_out_rows + found.learned_rows == 1_000


def test_an_answer_of_an_earlier_prompt_or_model_is_no_label(connection: duckdb.DuckDBPyConnection) -> None:
    answer(connection, "true", "2020-01-01")
    connection.execute("update pii_risk set llm_reason = 'previous_answer' where message_id >= 600")
    found = train_in(connection, TASK).filter
    assert found.held_out_rows + found.learned_rows == 600


def test_a_filter_changes_no_row(connection: duckdb.DuckDBPyConnection) -> None:
    """Its score is not the input's: what stands stays, and after an edit of the prompt shows its answer."""
    answer(connection, "true", "2020-01-01")
    train_in(connection, TASK)
    assert connection.execute(f"select count(*) from ({task_query(connection, incremental=True)})").fetchall() == [(0,)]
    connection.execute(f"create or replace table pii_risk as {task_query(connection)}")
    assert connection.execute("select count(llm_filter_score) from pii_risk").fetchall() == [(1_000,)]
    edited = task_query(connection, incremental=True, prompt="Any PII? {body}")
    assert connection.execute(f"select llm_status, llm_reason, count(*) from ({edited}) group by all").fetchall() == [
        ("succeeded", "previous_answer", 1_000)
    ]


def test_a_filter_is_read_from_where_answers_are(connection: duckdb.DuckDBPyConnection) -> None:
    answer(connection, "true", "2020-01-01")
    train_in(connection, TASK)
    add_messages(connection, 1_000, 2_000)
    pending = "select count(*) from ({}) where llm_status = 'pending'"
    here = connection.execute(pending.format(task_query(connection))).fetchall()
    connection.execute("create table elsewhere as from dbt_llm__filters")
    connection.execute("delete from dbt_llm__filters")
    assert connection.execute(pending.format(task_query(connection))).fetchall() == [(2_000,)]
    found = connection.execute(pending.format(task_query(connection, dbt_llm_filter_sources=["elsewhere"]))).fetchall()
    assert found == here and here[0][0] < 1_500


def test_a_verdict_or_a_golden_row_goes_before_the_answer(connection: duckdb.DuckDBPyConnection) -> None:
    answer(connection, "true", "2020-01-01")
    connection.executemany(
        "insert into dbt_llm__evaluation_rows (task, candidate, column_name, request_key, expected, evaluated_at)"
        " values ('pii_risk', 'current', 'has_pii', ?, ?, ?)",
        [
            (key(0), "false", "2021-01-01"),
            (key(0), "true", "2020-01-01"),
            (key(1), "true", "2021-01-01"),
            (key(5), "true", "2021-01-01"),
        ],
    )
    assert train_in(connection, TASK).rows.corrected_rows == 2
    labels = connection.execute("select is_wanted from _dbt_llm_labelled where is_corrected order by is_wanted").fetchall()
    assert labels == [(False,), (True,)]


def test_an_audit_that_was_raised_is_asked_before_it_proves(connection: duckdb.DuckDBPyConnection) -> None:
    answer(connection, "true", "2020-01-01")
    train_in(connection, TASK)
    add_messages(connection, 1_000, 500)
    answer(connection, "true", "2100-01-01")
    raised = dataclasses.replace(TASK, llm={**LLM, "filter": {**LLM["filter"], "audit": 0.5}})
    with pytest.raises(ConfigurationError, match=r"rows of the audit are not asked yet"):
        train_in(connection, raised)


def test_too_few_answers_are_a_row_that_says_so_and_everything_is_asked(connection: duckdb.DuckDBPyConnection) -> None:
    answer(connection, "message_id < 200", "2020-01-01")
    found = train_in(connection, TASK).filter
    assert found.threshold is None and "it takes 59; at the share so far about 590 answers" in str(found.refusal)
    assert connection.execute("select threshold, message from dbt_llm__filters").fetchall() == [(None, found.refusal)]
    assert connection.execute(f"select count(*) from ({task_query(connection)}) where llm_status = 'pending'").fetchall() == [
        (800,)
    ]


@pytest.mark.parametrize(
    ("found", "wanted", "fails"),
    [(20, 20, False), (19, 20, False), (16, 20, True), (0, 0, False), (1, 3, True), (95, 100, False), (80, 100, True)],
)
def test_the_gate_fails_where_chance_does_not_explain_the_misses(
    connection: duckdb.DuckDBPyConnection, found: int, wanted: int, fails: bool
) -> None:
    from scipy.stats import binom

    connection.execute(
        "insert into dbt_llm__filters (filter_version, task, threshold, stated_recall, trained_at)"
        " values ('f', 'pii_risk', 0, 0.95, '2020-01-01')"
    )
    rows = [("pii_risk", "f", str(n), n < found, n < wanted, f"run {n % 3}", "2021-01-01") for n in range(wanted + 50)]
    connection.executemany(
        "insert into dbt_llm__filter_audit (task, filter_version, request_key, is_passed, is_wanted, invocation_id, audited_at)"
        " values (?, ?, ?, ?, ?, ?, ?)", rows,
    )  # fmt: skip
    query = macros(connection).call("_fallen_recall", "dbt_llm__filter_audit", "dbt_llm__filters", "pii_risk", 0.95, 2.0, 30)
    judged = connection.execute(query).fetchall()
    if wanted == 0:
        assert judged == []
        return
    [(message, version, recall, wanted_rows, found_rows, p_value)] = judged
    assert (version, wanted_rows, found_rows) == ("f", wanted, found) and recall == pytest.approx(found / wanted)
    assert f"({found} of {wanted} wanted requests of the audit over 3 runs; 95 % interval" in message
    assert p_value == pytest.approx(binom.sf(wanted - found - 1, wanted, 0.05))
    assert (p_value < 0.05) == fails
    # Trained again, and nothing was proven: none is in force.
    connection.execute(
        "insert into dbt_llm__filters (filter_version, task, trained_at) values ('none', 'pii_risk', '2022-01-01')"
    )
    assert connection.execute(query).fetchall() == []


def train_model(connection: duckdb.DuckDBPyConnection, *, is_incremental: bool = False) -> Any:
    """What a Python model returns on the labelled rows that there are."""
    dbt = SimpleNamespace(is_incremental=is_incremental)
    return dbt_llm.train_filter(dbt, connection, connection.table("_dbt_llm_labelled"))


def test_a_model_trains_what_the_command_does_and_nothing_while_that_is_in_force(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    answer(connection, "true", "2020-01-01")
    train_in(connection, TASK)
    trained = train_model(connection)
    kinds = dict(zip(trained.columns, map(str, trained.types), strict=True))
    [row] = trained.fetchall()
    columns = ", ".join(kinds)
    [known] = connection.execute(f"select {columns} from dbt_llm__filters").fetchall()
    assert row[:-1] == known[:-1] and list(kinds)[-1] == "trained_at"
    assert kinds == {name: kind for name, kind, *_ in connection.execute("describe dbt_llm__filters").fetchall()}
    # The rows are as they were before it was trained; the next ones know that it is.
    assert len(train_model(connection, is_incremental=True).fetchall()) == 1
    train_in(connection, TASK)
    assert train_model(connection, is_incremental=True).fetchall() == []
    assert len(train_model(connection).fetchall()) == 1


def test_golden_rows_are_proven_on_and_not_learned_from(connection: duckdb.DuckDBPyConnection) -> None:
    answer(connection, "true", "2020-01-01")
    before = train_in(connection, TASK).filter
    connection.execute(
        "create table golden as select (message_id % 5 = 0)::varchar as expected_has_pii, embedding from messages limit 400"
    )
    found = train_in(connection, TASK, golden="golden").filter
    assert (found.learned_rows, found.held_out_rows) == (before.learned_rows, before.held_out_rows)
    assert found.positives == 80 < before.positives
    connection.execute("create or replace table golden as select 'TRUE' as expected_has_pii, embedding from messages limit 20")
    refused = train_in(connection, TASK, golden="golden").filter.refusal
    assert refused is not None and refused.startswith("20 wanted rows to prove it on: it takes 59")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("update _dbt_llm_labelled set embedding = [1.0] where is_wanted", "several lengths. Expected one; got 1 to 3"),
        ("update _dbt_llm_labelled set embedding = [1, null, 2]", "something that is no number"),
        ("update _dbt_llm_labelled set embedding = ['nan'::float, 1, 2]", "something that is no number"),
        ("update _dbt_llm_labelled set unasked_audit_rows = 7", "7 rows of the audit are not asked yet"),
        ("update _dbt_llm_labelled set task = 'other' where is_wanted", "the rows are of several filters"),
        ("alter table _dbt_llm_labelled drop is_corrected", "is_corrected"),
        ("alter table _dbt_llm_labelled drop stated_recall", "not those of filter_rows"),
    ],
)
def test_a_model_says_what_cannot_be_trained_on(connection: duckdb.DuckDBPyConnection, change: str, said: str) -> None:
    answer(connection, "true", "2020-01-01")
    train_in(connection, TASK)
    connection.execute(change)
    with pytest.raises(DbtLlmError) as raised:
        train_model(connection)
    assert str(raised.value).startswith("dbt_llm.train_filter: ") and said in str(raised.value)


def test_without_rows_nothing_is_trained(connection: duckdb.DuckDBPyConnection) -> None:
    """Under --empty; in an ordinary run the post-hook calls it an error."""
    connection.execute(f"create table pii_risk as {task_query(connection)}")
    with pytest.raises(ConfigurationError, match="has not run, or has no answer"):
        train_in(connection, TASK)
    assert train_model(connection).fetchall() == []


def node(name: str, **properties: Any) -> dict[str, Any]:
    return {
        "name": name, "alias": name, "unique_id": f"model.p.{name}", "resource_type": "model", "language": "sql",
        "config": {}, **properties,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("config", "post_hook", "said"),
    [
        ({"unique_key": "id", "meta": {"llm": LLM}}, "{{ dbt_llm.record_filter() }}", None),
        ({"unique_key": ["a", "b"], "meta": {"llm": LLM}}, "{{ dbt_llm.record_filter() }}", None),
        ({"unique_key": "id", "meta": {"llm": LLM}}, "grant", "'trainer' trains a filter that its task would not find"),
        ({"meta": {"llm": LLM}}, "{{ dbt_llm.record_filter() }}", "'pii_risk' has no unique_key"),
        ({"unique_key": "id"}, "{{ dbt_llm.record_filter() }}", "not a task with a filter. Expected ref('…')"),
    ],
)
def test_the_rows_know_their_task_and_what_trains_on_them(config: dict[str, Any], post_hook: str, said: str | None) -> None:
    labelled = node("labelled", depends_on=SimpleNamespace(nodes=["model.p.pii_risk"]))
    trainer = node(
        "trainer", language="python", raw_code="dbt_llm.train_filter(…)", config={"post-hook": [{"sql": post_hook}]},
        depends_on=SimpleNamespace(nodes=["model.p.labelled"]),
    )  # fmt: skip
    nodes = {one["unique_id"]: one for one in (node("pii_risk", config=config), labelled, trainer)}
    macros = Macros("duckdb", {"graph": SimpleNamespace(nodes=nodes), "model": labelled})
    if said is None:
        task = macros.call("_filtered_task", relation("pii_risk"))
        keys = config["unique_key"]
        assert task["name"] == "pii_risk" and task["key"] == ([keys] if isinstance(keys, str) else keys)
        return
    with pytest.raises(DbtLlmError) as raised:
        macros.call("_filtered_task", relation("pii_risk"))
    assert said in str(raised.value)

"""One task on every adapter: materializations, contract, unit tests, and the money rules, with calls counted."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from dbt_llm.testing import ChatRequest, Faults, Reply, hashed_ngrams
from tests.integration.project import IntegrationProject, answer, values

# Its unit test is the first test's: on Spark it takes as long as the task itself.
BUILD = ("build", "--exclude-resource-type", "unit_test")
TASK = ("--select", "raw_messages", "as_incremental")
VALUES = "message_id, has_pii, pii_types, confidence, llm_status, llm_reason, llm_request_key, llm_prompt_version"


def messages(count: int) -> list[tuple[int, str, str]]:
    return [(i, "chat", f"message {i}") for i in range(1, count + 1)]


def test_build_rebuild_and_refresh(new_project: IntegrationProject) -> None:
    project = new_project
    project.run("build", "--exclude", "inline_macros")
    # 4 distinct bodies for the task, shared by four models; 4 more for the one with a contract.
    assert project.calls() == 4 + 4
    same = project.task("as_incremental")
    assert [row["llm_status"] for row in same] == ["succeeded"] * 3 + ["skipped"] + ["succeeded"] * 2
    for table in ("as_composite_key", "as_table", "as_view"):
        assert project.task(table) == same, table
    assert project.rows("select stream, message_count from streams order by stream") == [
        {"stream": "quarantined", "message_count": 0},
        {"stream": "valid", "message_count": 5},
    ]
    contracted = project.task("with_contract")
    # One of each materialization that keeps rows, and the tables that keep answers.
    again = ("as_incremental", "as_table", "with_contract", "dbt_llm__responses", "dbt_llm__runs")
    for arguments in ((), ("--full-refresh",)):
        project.run("run", "--select", *again, *arguments)
        assert project.calls() == 8
        assert project.task("as_incremental") == same
        assert project.task("with_contract") == contracted


def test_every_value_is_what_was_answered(project: IntegrationProject) -> None:
    """The rows are computed here from the answers, so all adapters that pass have equal rows."""
    project.run("build", "--select", "raw_messages", "with_contract")
    for row in project.task("with_contract"):
        if row["body"] is None:
            assert row["llm_status"] == "skipped" and row["llm_reason"] == "null_prompt"
            continue
        prompt = f"What is in it? {row['body']} {row['channel']}"
        expected = values(prompt)
        assert expected is not None
        expected["seen_at"] = expected["seen_at"].replace("T04", "T02").replace("+02", "+00")
        assert {name: row[name] for name in expected} == expected
        assert (row["llm_status"], row["llm_reason"]) == ("succeeded", None)
    assert project.calls() == 4 == len(set(project.prompts()))


def test_empty_spends_nothing(new_project: IntegrationProject) -> None:
    """In a schema of its own: it leaves the package's views empty."""
    new_project.run("build", "--exclude", "inline_macros", "--empty")
    assert new_project.calls() == 0
    assert new_project.task("as_table") == []


def test_inline_macros(project: IntegrationProject) -> None:
    project.run("build", "--select", "raw_messages", "inline_macros")
    rows = project.task("inline_macros", "message_id, completion, label, extracted")
    # Five bodies, three macros; two rows have the same body, which only DuckDB asks once.
    assert project.calls() <= 5 * 3
    assert [row["completion"] is None for row in rows] == [False, False, False, True, False, False]
    assert rows[1]["completion"] == "echo of Where is my parcel?"
    assert {row["label"] for row in rows} <= {"parcel", "other", None} and rows[3]["label"] is None
    assert all("city" in row["extracted"] for row in rows if row["message_id"] != 4)


def test_a_refused_answer_is_asked_for_once_more(project: IntegrationProject) -> None:
    """In one run, under its own key; three messages of eight are refused at first, and one for good."""

    def mends(request: ChatRequest) -> str | Reply:
        refused = [name for name in ("message 1<", "message 2<", "message 3<") if name in request.prompt]
        if refused and ("<complaint>" not in request.prompt or refused == ["message 3<"]):
            return json.dumps({"has_pii": True, "pii_types": ["email"], "confidence": 3})
        return answer(request)

    project.server.answer = mends
    project.seed(messages(8))
    project.edit("as_incremental", repair=1)
    project.run(*BUILD, *TASK)
    assert project.calls() == 8 + 3
    assert project.statuses() == {("succeeded", None): 7, ("quarantined", "out_of_range:confidence"): 1}
    [run] = project.rows("select sent_requests, repair_requests, left_requests from dbt_llm__runs")
    assert (run["sent_requests"], run["repair_requests"], run["left_requests"]) == (11, 3, 0)
    project.run(*BUILD, *TASK)
    assert project.calls() == 11


def test_a_source_that_grows_and_a_prompt_that_changes(project: IntegrationProject) -> None:
    project.run(*BUILD, *TASK, "as_table")
    assert project.calls() == 4
    with (project.folder / "seeds" / "raw_messages.csv").open("a") as seed:
        seed.write("7,chat,A new one\n")
    project.run(*BUILD, *TASK, "as_table")
    assert project.calls() == 5
    assert len(project.task("as_incremental")) == 7 == len(project.task("as_table"))
    versions = {row["llm_prompt_version"] for row in project.task("as_incremental")}
    project.edit("as_incremental", prompt="Is there any personal data? {body}")
    project.run("run", "--select", "as_incremental")
    assert project.calls() == 5 + 5
    rows = project.task("as_incremental")
    assert len(rows) == 7 and {row["llm_prompt_version"] for row in rows}.isdisjoint(versions)
    project.edit("as_incremental", prompt="Personal data? <message>{body}</message>")
    project.run("run", "--select", "as_incremental")
    assert project.calls() == 10, "the first prompt's answers are still there"


def test_hostile_texts_arrive_byte_for_byte(project: IntegrationProject) -> None:
    texts = [
        "it's 'quoted' and \"double\" and `back`", "a \\ b \\n c \\", "line\nbreak\r\nand\ttab", "{{ jinja }} {% x %} {body}",
        "$$ ${x} $1 :name ? %s @x", "-- comment */ ;",
        "Grüße 😀 \u202e\u200b", "\u0001\u001f\u007f", " spaces  ", "NULL", "x" * 20_000,
    ]  # fmt: skip
    project.seed([(i, "chat", text) for i, text in enumerate(texts)])
    project.run(*BUILD, *TASK)
    expected = {f"Personal data? <message>{row['body']}</message>" for row in project.task("as_incremental") if row["body"]}
    assert set(project.prompts()) == expected
    # A seed is dbt's: it reads NULL as none, a carriage return as a line break, and Spark puts variables in its ${x}.
    assert len(expected & {f"Personal data? <message>{text}</message>" for text in texts}) >= len(texts) - 3
    calls = project.calls()
    project.run("run", *TASK)
    assert project.calls() == calls


def test_failures_are_quarantined_by_row_and_tried_again(project: IntegrationProject) -> None:
    """A bad answer is final; an error of the provider is pending until a run gets an answer."""

    def bad(request: ChatRequest) -> str | Reply:
        if "message 1<" in request.prompt:
            return "Sure! Here is the JSON"
        if "message 2<" in request.prompt:
            return '{"has_pii": true, "pii_types": ["fax"], "confidence": 1}'
        if is_down and any(f"message {i}<" in request.prompt for i in (3, 4, 5)):
            return Reply("Service unavailable.", status=503)
        return answer(request)

    is_down = True
    project.seed(messages(12))
    project.edit("as_incremental", retries=1)
    project.server.answer = bad
    project.run(*BUILD, *TASK)
    assert project.calls() == 12 + 3, "what fails in passing is asked once more"
    assert project.statuses()["pending", "provider_error"] == 3
    failed = project.rows(
        "select error_class, error_message from dbt_llm__responses where status = 'failed' and error_class <> 'invalid_json'"
    )
    assert {row["error_class"] for row in failed} == {"provider_error"}
    assert all("unavailable" in row["error_message"] for row in failed)
    is_down = False
    project.run("run", *TASK)
    assert project.calls() == 15 + 3
    found = {row["message_id"]: (row["llm_status"], row["llm_reason"]) for row in project.task("as_incremental")}
    assert found.pop(1)[0] == "quarantined"
    assert found.pop(2) == ("quarantined", "not_in_enum:pii_types")
    assert set(found.values()) == {("succeeded", None)}
    assert project.rows("select count(*) as n from dbt_llm__quarantine")[0]["n"] == 2
    calls = project.calls()
    project.run("run", *TASK)
    assert project.calls() == calls
    project.server.answer = answer
    project.run("run-operation", "dbt_llm.requeue", "--args", "{task: as_incremental}")
    assert project.calls() == calls
    project.run("run", *TASK)
    assert project.calls() == calls + 2
    assert project.statuses() == {("succeeded", None): 12}


VECTORS = """
models:
  - name: as_vectors
    config: {materialized: incremental, unique_key: message_id, meta: {llm: {
      kind: embedding, endpoint: vectors, prompt: "{body}", dimensions: 16}}}
  - name: on_vectors
    config: {materialized: incremental, unique_key: message_id, meta: {llm: {
      endpoint: fast, prompt: "Personal data? {body}", response_format: {has_pii: {type: boolean}}}}}
"""


# Without the columns that both tasks would add.
ON_VECTORS = """{{ dbt_llm.enrich('(select message_id, body, embedding from ' ~ ref('as_vectors') ~ ') as vectors') }}"""


def add_vectors(project: IntegrationProject) -> None:
    """A task of vectors, and one that reads them."""
    models = project.folder / "models"
    (models / "vectors.yml").write_text(VECTORS)
    (models / "as_vectors.sql").write_text("{{ dbt_llm.enrich(ref('raw_messages')) }}")
    (models / "on_vectors.sql").write_text(ON_VECTORS)


def test_vectors_and_a_task_on_them(project: IntegrationProject) -> None:
    """Each text is embedded once, a second run finds its own rows again beside a vector, and what is no vector is quarantined."""
    add_vectors(project)
    tasks = ("--select", "raw_messages", "as_vectors", "on_vectors")

    def embed(text: str, _: int) -> list[float]:
        return hashed_ngrams(text, 15 if text == "message 3" else 16)

    project.server.embed = embed
    rows = [*messages(5), (6, "chat", "message 1")]
    project.seed(rows)
    project.run(*BUILD, *tasks)
    asked = {**project.server.counters.calls_by_prompt}
    assert asked == {text: 1 for i in range(1, 6) for text in (f"message {i}", f"Personal data? message {i}")}
    assert project.statuses("as_vectors") == {("succeeded", None): 5, ("quarantined", "wrong_length:embedding"): 1}
    for row in project.task("as_vectors", "message_id, body, embedding, llm_status"):
        # BigQuery keeps no NULL array apart from an empty one.
        assert (row["embedding"] or None) == (
            pytest.approx(hashed_ngrams(row["body"], 16), abs=1e-6) if row["llm_status"] == "succeeded" else None
        )
    [kept] = project.rows(
        "select count(*) as n, min(dimensions) as shortest, max(dimensions) as longest from dbt_llm__embeddings"
    )
    assert kept == {"n": 5, "shortest": 15, "longest": 16}
    project.seed([*rows, (7, "chat", "message 7")])
    project.run(*BUILD, *tasks)
    assert project.server.counters.calls_by_prompt.total() == 2 * 6, "one text more, and one prompt of the task on it"
    sent = [(run["task"], run["sent_requests"]) for run in project.rows("select * from dbt_llm__runs order by started_at")]
    assert sent == [("as_vectors", 5), ("on_vectors", 5), ("as_vectors", 1), ("on_vectors", 1)]
    assert project.statuses("on_vectors") == {("succeeded", None): 7}


def test_a_limit_holds_and_the_next_runs_do_the_rest(project: IntegrationProject) -> None:
    project.seed(messages(10))
    # Nobody else claims anything, so that claims change nothing.
    project.edit("as_incremental", limits={"requests": 4}, claim_minutes=60)
    result = project.run(*BUILD, *TASK)
    assert project.calls() == 4
    assert "6 requests stay pending (limit:requests)" in result.output
    assert project.statuses() == {("succeeded", None): 4, ("pending", "not_requested"): 6}
    project.run("run", *TASK)
    project.run("run", *TASK)
    assert project.calls() == 10 == len(project.server.counters.calls_by_prompt)
    assert project.statuses() == {("succeeded", None): 10}
    runs = project.rows("select sent_requests, left_requests, stop_reason from dbt_llm__runs order by started_at")
    assert [tuple(row.values()) for row in runs] == [(4, 6, "limit:requests"), (4, 2, "limit:requests"), (2, 0, None)]


def test_a_killed_run_wastes_what_was_in_flight(project: IntegrationProject) -> None:
    project.seed(messages(40))
    project.run("seed")
    chunked = project.adapter != "duckdb"
    if chunked:
        project.chunk_size(8)
    project.server.faults = Faults(latency_s=0.2)
    process = project.start("run", "--select", "as_incremental")
    deadline = time.monotonic() + 120
    while project.server.counters.answered < 20:
        assert process.exitcode is None and time.monotonic() < deadline, (project.folder / "output.txt").read_text()
        time.sleep(0.01)
    assert process.pid is not None
    os.killpg(process.pid, signal.SIGKILL)
    process.join()
    # The warehouse goes on with the statement that it has; what it answers is paid.
    time.sleep(2)
    project.server.faults = Faults()
    project.run("run", "--select", "as_incremental")
    assert project.statuses() == {("succeeded", None): 40}
    assert project.calls() <= 40 + (8 if chunked else 40)
    kept = project.rows("select count(*) as n, count(distinct request_key) as keys from dbt_llm__responses")
    assert kept == [{"n": 40, "keys": 40}]


def test_two_commands_at_once_ask_each_request_of_one_task_once(project: IntegrationProject, tmp_path: Path) -> None:
    """By claims. On the stand-in whose statements conflict as Delta's do; the test above runs the claims' SQL on all."""
    if project.adapter != "databricks":
        pytest.skip("one adapter is enough for what all share")
    project.seed(messages(12))
    project.run("seed")
    project.edit("as_incremental", claim_minutes=60)
    project.chunk_size(5)
    project.server.faults = Faults(latency_s=0.5)
    places = [project, project.copy(tmp_path / "other")]
    started = [place.start("run", "--select", "as_incremental") for place in places]
    for process in started:
        process.join(240)
    said = [(place.folder / "output.txt").read_text() for place in places]
    assert [process.exitcode for process in started] == [0, 0], said
    assert project.calls() == 12 == len(project.server.counters.calls_by_prompt), said
    assert all("5 of 12 requests" in text for text in said), said
    assert project.rows("select count(*) as n from dbt_llm__claims") == [{"n": 0}]


DOCTOR = ("run-operation", "dbt_llm.doctor")


def test_doctor_names_what_is_missing_and_calls_nothing(new_project: IntegrationProject) -> None:
    project = new_project
    # An endpoint of vectors is asked as its tasks ask it.
    add_vectors(project)
    before = project.dbt(*DOCTOR)
    said = "".join(before.output.replace('"', "").split("`"))
    assert not before.ok and "dbt_llm__batch_requests, " in said and "others are not there" in said, before.output
    project.run("run", "--select", "package:dbt_llm")
    after = project.run(*DOCTOR)
    assert all(said in after.output for said in ("nothing is in the way", "endpoint fast", "endpoint vectors")), after.output
    assert project.calls() == 0

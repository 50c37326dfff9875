"""`forget` and `audit`: what is deleted and what is not, what a row's answer came from, and that neither spends."""

import re
from pathlib import Path

import duckdb
import pytest
import yaml

from dbt_llm.testing import Server, from_schema
from tests.support.project import PII, ROOT, Project

TABLES = (
    "dbt_llm__responses",
    "dbt_llm__quarantine",
    "dbt_llm__review_sample",
    "dbt_llm__evaluation_rows",
    "dbt_llm__filter_audit",
    "dbt_llm__batch_requests",
)


def counts(project: Project) -> dict[str, int]:
    return {name: project.query(f"select count(*) from {name}")[0][0] for name in TABLES}


def write(project: Project, *statements: str) -> None:
    with duckdb.connect(str(project.database)) as connection:
        for statement in statements:
            connection.execute(statement)


def forget(project: Project, arguments: str) -> str:
    result = project.dbt("run-operation", "dbt_llm.forget", "--args", arguments)
    assert result.ok, result.output
    return result.output


@pytest.fixture
def answered(project: Project) -> Project:
    """15 answers, all in the sample; two of them are old, one is another task's, and two batch jobs, of which one is open."""
    project.task("pii_risk", {**PII, "review_rate": 1})
    project.run_tasks()
    write(
        project,
        "update dbt_llm__responses set responded_at = responded_at - interval 100 day where request_key in"
        " (select llm_request_key from pii_risk where body in ('message 0', 'message 1'))",
        "insert into dbt_llm__responses (request_key, task, status, responded_at) values ('k', 'other', 'succeeded', now())",
        "insert into dbt_llm__quarantine (task, request_key, responded_at) values"
        " ('pii_risk', 'q', now()::timestamp - interval 91 day), ('pii_risk', 'r', now()::timestamp)",
        "insert into dbt_llm__evaluation_rows (task, request_key, evaluated_at) values"
        " ('pii_risk', 'e', now()::timestamp - interval 91 day)",
        "insert into dbt_llm__filter_audit (task, request_key, audited_at) values"
        " ('pii_risk', 'f', now()::timestamp - interval 91 day)",
        "insert into dbt_llm__batches (batch_key, sequence, is_open, task) values ('open', 1, true, 'pii_risk'),"
        " ('closed', 1, true, 'pii_risk'), ('closed', 2, false, 'pii_risk')",
        "insert into dbt_llm__batch_requests (batch_key, request_key, recorded_at) values"
        " ('open', 'b', now()::timestamp - interval 91 day),"
        " ('closed', 'b', now()::timestamp - interval 91 day)",
    )
    return project


def test_a_dry_run_counts_and_deletes_nothing(answered: Project, server: Server) -> None:
    before, calls = counts(answered), server.counters.calls
    told = forget(answered, "{task: pii_risk, older_than_days: 90}")
    assert "would be deleted" in told
    assert re.findall(r"(dbt_llm__\w+) +(\d+)$", told, re.MULTILINE) == [
        ("dbt_llm__embeddings", "0"), ("dbt_llm__responses", "2"), ("dbt_llm__quarantine", "1"),
        ("dbt_llm__review_sample", "0"), ("dbt_llm__evaluation_rows", "1"), ("dbt_llm__filter_audit", "1"),
        ("dbt_llm__batch_requests", "1"),
    ]  # fmt: skip
    assert counts(answered) == before
    assert server.counters.calls == calls


def test_by_age_then_by_key_then_by_task(answered: Project, server: Server) -> None:
    calls = server.counters.calls
    told = forget(answered, "{older_than_days: 90, dry_run: false}")
    assert "are deleted" in told
    assert counts(answered) == {
        "dbt_llm__responses": 14, "dbt_llm__quarantine": 1, "dbt_llm__review_sample": 15, "dbt_llm__evaluation_rows": 0,
        "dbt_llm__filter_audit": 0, "dbt_llm__batch_requests": 1,
    }  # fmt: skip
    # The request of the open job is there still, so that its answer can be collected.
    assert answered.query("select batch_key from dbt_llm__batch_requests") == [("open",)]

    [(key,)] = answered.query("select distinct llm_request_key from pii_risk where body = 'message 7'")
    forget(answered, f"{{request_key: {key}, dry_run: false}}")
    assert answered.query(f"select count(*) from dbt_llm__responses where request_key = '{key}'") == [(0,)]
    assert answered.query(f"select count(*) from dbt_llm__review_sample where request_key = '{key}'") == [(0,)]
    assert counts(answered)["dbt_llm__responses"] == 13

    forget(answered, "{task: pii_risk, dry_run: false}")
    assert answered.query("select task from dbt_llm__responses") == [("other",)]
    assert counts(answered) == {
        "dbt_llm__responses": 1, "dbt_llm__quarantine": 0, "dbt_llm__review_sample": 0, "dbt_llm__evaluation_rows": 0,
        "dbt_llm__filter_audit": 0, "dbt_llm__batch_requests": 1,
    }  # fmt: skip
    assert server.counters.calls == calls
    assert answered.query("select count(*) from pii_risk where llm_status = 'succeeded'") == [(20,)], "the table is the user's"


def test_with_tables_that_the_project_has_disabled_and_a_task_of_another_name(answered: Project) -> None:
    path = answered.folder / "dbt_project.yml"
    disabled = {"models": {"dbt_llm": {"tables": {"evaluation": {"+enabled": False}}, "views": {"+enabled": False}}}}
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **disabled}))
    result = answered.dbt("run-operation", "dbt_llm.forget", "--args", "{task: pii_rsik}")
    assert result.ok and "Nothing matches. No model is the task 'pii_rsik' either. Did you mean 'pii_risk'?" in result.output, (
        result.output
    )
    assert "Not looked at, as your project has disabled them: dbt_llm__evaluation_rows" in result.output
    assert answered.dbt("run-operation", "dbt_llm.forget", "--args", "{task: pii_risk, dry_run: false}").ok
    assert answered.query("select count(*) from dbt_llm__responses where task = 'pii_risk'") == [(0,)]


def test_what_a_killed_run_has_left_goes_too(answered: Project) -> None:
    left = [
        f"pii_risk__{name}" for name in ("dbt_tmp", "dbt_llm_requests", "dbt_llm_drawn", "dbt_llm_audited", "dbt_llm_results")
    ]
    others = ["pii_risk__dbt_llm_answers", "other__dbt_tmp"]
    write(answered, *[f"create table {name} as select 'a prompt' as prompt" for name in [*left, *others]])

    def tables() -> set[str]:
        return {name for (name,) in answered.query("select table_name from duckdb_tables()")}

    before = tables()
    told = forget(answered, "{task: pii_risk}")
    assert all(name in told for name in left) and "would be dropped" in told and tables() == before
    assert "are dropped" in forget(answered, "{task: pii_risk, dry_run: false}")
    assert before - tables() == set(left)


def test_what_is_forgotten_is_paid_for_again_while_the_input_holds_it(project: Project, server: Server) -> None:
    project.run_tasks()
    keys = dict(project.query("select distinct body, llm_request_key from pii_risk"))
    for body in ("message 7", "message 8"):
        forget(project, f"{{request_key: {keys[body]}, dry_run: false}}")
    write(project, "delete from messages where body = 'message 8'")
    calls = server.counters.calls
    project.run_tasks()
    assert server.counters.calls == calls + 1
    assert project.query("select count(*) from dbt_llm__responses where task = 'pii_risk'") == [(14,)]


def test_forget_wants_to_be_told_what(project: Project) -> None:
    for arguments, words in [
        ("{}", "nothing says what to forget"),
        ("{task: 7, older_than_days: -1, dry_run: 'false'}", "'7' has 3 faults"),
    ]:
        result = project.dbt("run-operation", "dbt_llm.forget", "--args", arguments)
        assert not result.ok
        assert words in result.output
    assert "Nothing matches" in forget(project, "{task: no_such_task}")


def test_no_text_of_a_user_is_kept_unless_it_is_sampled(project: Project) -> None:
    """Every text of every table of the package, after answers, failures and a quarantine."""
    project.messages([(i, f"Xyzzy {i} {'malformed' if i == 3 else ''}") for i in range(20)])
    project.task("pii_risk", {**PII, "review_rate": 0})
    project.run_tasks()
    assert found(project, "xyzzy") == {}
    project.messages([(i, f"Xyzzy again {i}") for i in range(20)])
    project.task("pii_risk", {**PII, "review_rate": 1})
    project.run("--full-refresh")
    assert found(project, "xyzzy") == {("dbt_llm__review_sample", "input"): 20}


def found(project: Project, word: str) -> dict[tuple[str, str], int]:
    """(table, column) -> rows with the word."""
    columns = project.query(
        "select table_name, column_name from information_schema.columns"
        " where table_name like 'dbt_llm%' and data_type = 'VARCHAR'"
    )
    assert len(columns) > 50
    hits = {
        place: project.query(f"select count(*) from {place[0]} where lower({place[1]}) like '%{word}%'")[0][0]
        for place in columns
    }
    return {place: count for place, count in hits.items() if count}


def audit(project: Project, arguments: str) -> str:
    result = project.dbt("run-operation", "dbt_llm.audit", "--args", arguments)
    assert result.ok, result.output
    return result.output


@pytest.fixture
def twice_asked(tmp_path: Path) -> Project:
    """One message that was answered at a known price, after a run in which its first attempt had failed."""
    with Server(from_schema) as server:
        made = Project(tmp_path / "project", server.base_url, input_usd_per_million_tokens=1, output_usd_per_million_tokens=2)
        made.messages([(42, "write to ann@example.org"), (43, None)])
        made.run_tasks()
    write(
        made,
        "insert into dbt_llm__responses (request_key, task, model_name, prompt_version, status, error_class, error_message,"
        " attempt, engine, invocation_id, requested_at, responded_at)"
        " select request_key, task, model_name, prompt_version, 'failed',"
        " 'provider_error', 'HTTP 500', 1, engine, 'earlier', requested_at - interval 1 hour, responded_at - interval 1 hour"
        " from dbt_llm__responses",
        "insert into dbt_llm__runs (task, invocation_id, endpoint, started_at)"
        " values ('pii_risk', 'earlier', 'fast', '2026-01-01')",
        "update dbt_llm__responses set attempt = 2 where status = 'succeeded'",
    )
    return made


def test_a_row_is_accounted_for(twice_asked: Project) -> None:
    """No server is there any more: an audit cannot call."""
    told = audit(twice_asked, "{task: pii_risk, key: {message_id: 42}}")
    [(key, version)] = twice_asked.query("select llm_request_key, llm_prompt_version from pii_risk where message_id = 42")
    attempts = twice_asked.query(
        "select attempt, status, invocation_id, cost_usd, input_tokens, output_tokens, completion from dbt_llm__responses"
        " order by responded_at"
    )
    assert [row[:2] for row in attempts] == [(1, "failed"), (2, "succeeded")]
    assert f"pii_risk, message_id 42: succeeded, prompt version {version}" in told
    assert f"request {key}" in told
    for attempt, status, invocation, *_ in attempts:
        assert f"attempt {attempt}, {status}" in told
        assert f"invocation {invocation} for task pii_risk, started" in told
    *_, cost, read, written, completion = attempts[1]
    assert f"{read} in, {written} out" in told
    assert f"cost       {'< 0.0001' if cost < 0.00005 else f'{cost:.4f}'} USD" in told
    assert completion in told
    assert "test-model, prompt version" in told
    assert "endpoint fast" in told
    assert "provider_error" in told
    assert "In all 2 attempts" in told
    assert "ann@example.org" not in told
    assert audit(twice_asked, f"{{request_key: {key}}}").count("attempt ") >= 2
    assert "Nothing was asked for it" in audit(twice_asked, "{task: pii_risk, key: {message_id: 43}}")

    for arguments, words in [
        ("{task: pii_risk, key: {message_id: 7}}", "finds no row"),
        ("{task: pii_risk, key: {message: 42}}", "Did you mean 'message_id'?"),
        ("{task: pii_risk}", "neither key nor request_key"),
        ("{task: pii_rsk, key: {message_id: 42}}", "no such task"),
    ]:
        result = twice_asked.dbt("run-operation", "dbt_llm.audit", "--args", arguments)
        assert not result.ok
        assert words in result.output, result.output

    # The page's query says the same.
    [query] = re.findall(r"^```sql\n(.*?)^```$", (ROOT / "docs" / "privacy.md").read_text(), re.MULTILINE | re.DOTALL)
    rows = twice_asked.query(query)
    assert [(row[0], row[2], row[3], row[12]) for row in rows] == [(42, *attempt[:3]) for attempt in attempts]
    # What moves a terminal's cursor or turns the direction of writing is not printed.
    write(
        twice_asked,
        "update dbt_llm__responses set completion = 'a' || chr(27) || '[2Jb' || chr(8238) || chr(10) || 'ü'"
        " where status = 'succeeded'",
    )
    told = audit(twice_asked, f"{{request_key: {key}}}")
    assert "a?[2Jb? ü" in told and "\x1b[2J" not in told and "\u202e" not in told

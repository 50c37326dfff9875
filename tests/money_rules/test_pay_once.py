"""Money rules 1, 2, 3, 9 and 10 of the design: every distinct request is paid for once, and only once."""

import copy
import re
from pathlib import Path

import duckdb
import pytest

from dbt_llm.testing import Server
from tests.support.project import PII, Project

STATEMENTS_OF_A_RUN_WITHOUT_WORK = 25
"""Ten of dbt-duckdb for an incremental model, with its columns and its key looked at, and fifteen of the hooks.

One of them is only asked where the package's tables are not built in the same run.
"""


def test_distinct_requests_are_called_once_and_a_second_run_calls_nothing(tmp_path: Path, server: Server) -> None:
    """From nothing, as a user begins."""
    project = Project(tmp_path / "project", server.base_url, is_new=True)
    project.messages([(i, f"message {i % 15}") for i in range(20)])
    project.run()
    assert server.counters.calls == 15
    assert set(server.counters.calls_by_prompt.values()) == {1}
    assert project.statuses() == {("succeeded", None): 20}
    first = project.query("select * from pii_risk order by message_id")
    project.run()
    assert server.counters.calls == 15
    assert project.query("select * from pii_risk order by message_id") == first
    assert project.query(
        "select input_rows, distinct_requests, pending_requests, sent_requests from dbt_llm__runs order by started_at"
    ) == [
        (20, 15, 15, 15),
        (20, 15, 0, 0),
    ]


def test_a_run_without_work_asks_the_database_little(project: Project, server: Server) -> None:
    """Each statement costs dbt about 20 ms: those of the two hooks are counted."""
    project.run_tasks()
    log = project.folder / "logs" / "dbt.log"
    log.unlink()
    project.run_tasks()
    assert server.counters.calls == 15
    statements = re.findall(r"On model\.project\.pii_risk: (?:/\* \{.*?\} \*/)?\s*(\S.*)", log.read_text())
    asked = [statement for statement in statements if not statement.startswith(("BEGIN", "COMMIT", "Close"))]
    assert not [statement for statement in asked if statement.startswith("explain")]
    assert 0 < len(asked) <= STATEMENTS_OF_A_RUN_WITHOUT_WORK, asked


def test_two_tasks_with_the_same_request_pay_once(project: Project, server: Server) -> None:
    project.task("pii_again", PII, sql="-- depends_on: {{ ref('pii_risk') }}\n{{ dbt_llm.enrich(source('raw', 'messages')) }}")
    project.run_tasks()
    assert server.counters.calls == 15
    assert project.statuses("pii_again") == {("succeeded", None): 20}


def test_an_edit_pays_for_what_it_changes(project: Project, server: Server) -> None:
    project.run_tasks()
    for edit in ({"prompt": "PII? {body}"}, {"model_parameters": {"temperature": 0.5}}):
        project.task("pii_risk", {**PII, **edit})
        before = server.counters.calls
        project.run_tasks()
        assert server.counters.calls == before + 15, edit
        project.run_tasks()
        assert server.counters.calls == before + 15, edit
    # Back to what was paid for long ago: nothing to pay.
    project.task("pii_risk", PII)
    project.run_tasks()
    assert server.counters.calls == 45


def test_a_new_response_column_is_paid_for_and_added(project: Project, server: Server) -> None:
    project.task(
        "pii_risk", PII, config="materialized='incremental', unique_key='message_id', on_schema_change='append_new_columns'"
    )
    project.run_tasks()
    wider = copy.deepcopy(PII)
    wider["response_format"]["language"] = {"type": "string", "enum": ["en", "de"]}
    project.task(
        "pii_risk", wider, config="materialized='incremental', unique_key='message_id', on_schema_change='append_new_columns'"
    )
    project.run_tasks()
    assert server.counters.calls == 30
    assert project.query("select count(*), count(language) from pii_risk where llm_status = 'succeeded'") == [(20, 20)]


def test_a_changed_row_and_added_rows_pay_for_themselves(project: Project, server: Server) -> None:
    rows = [(i, f"message {i}") for i in range(300)]
    project.messages(rows)
    project.run_tasks()
    assert server.counters.calls == 300
    rows[7] = (7, "another text")
    project.messages(rows)
    project.run_tasks()
    assert server.counters.calls == 301
    project.messages(rows + [(i, f"message {i}") for i in range(300, 330)])
    project.run_tasks()
    assert server.counters.calls == 331
    assert project.statuses() == {("succeeded", None): 330}


def test_a_late_row_is_found_whatever_its_time(project: Project, server: Server) -> None:
    columns = "message_id bigint, body varchar, sent_at timestamp"
    project.messages([(i, f"message {i}", "2026-11-20") for i in range(5)], columns)
    project.run_tasks()
    project.messages([(i, f"message {i}", "2026-11-20") for i in range(5)] + [(9, "late", "1999-01-01")], columns)
    project.run_tasks()
    assert server.counters.calls == 6
    assert project.query("select llm_status from pii_risk where message_id = 9") == [("succeeded",)]


def test_a_change_in_a_column_that_the_prompt_does_not_name_is_written_and_free(project: Project, server: Server) -> None:
    columns = "message_id bigint, body varchar, tier varchar"
    project.messages([(i, f"message {i}", "basic") for i in range(5)], columns)
    project.run_tasks()
    project.messages([(i, f"message {i}", "gold" if i == 3 else "basic") for i in range(5)], columns)
    project.run_tasks()
    assert server.counters.calls == 5
    assert project.query("select message_id from pii_risk where tier = 'gold'") == [(3,)]
    assert project.query("select count(*) from pii_risk") == [(5,)]


def test_full_refresh_drops_no_answer(project: Project, server: Server) -> None:
    project.run_tasks()
    before = project.query("select * from pii_risk order by message_id")
    project.run("--full-refresh")
    assert server.counters.calls == 15
    assert project.query("select * from pii_risk order by message_id") == before
    assert project.query("select count(*) from dbt_llm__responses") == [(15,)]
    assert project.query("select count(*) from dbt_llm__runs") == [(2,)]


def test_answers_are_read_from_further_sources(project: Project, server: Server) -> None:
    project.run_tasks()
    with duckdb.connect(str(project.database)) as connection:
        connection.execute("create schema production")
        connection.execute("create table production.responses as from dbt_llm__responses")
        connection.execute("delete from dbt_llm__responses")
    project.write_project(dbt_llm_response_sources=["production.responses"])
    project.run_tasks()
    assert server.counters.calls == 15
    assert project.statuses() == {("succeeded", None): 20}


def test_a_rerun_writes_only_the_rows_that_change(project: Project, server: Server) -> None:
    columns = "message_id bigint, body varchar, tier varchar"
    project.messages([(i, f"message {i}", "basic") for i in range(10)], columns)
    project.run_tasks()

    def rows_to_write() -> list[int]:
        assert project.dbt("compile", "--select", "pii_risk").ok
        compiled = (project.folder / "target" / "compiled" / "project" / "models" / "pii_risk.sql").read_text()
        return sorted(row[0] for row in project.query(f"select message_id from ({compiled})"))

    assert rows_to_write() == []
    project.messages([(i, f"message {i}", "gold" if i == 3 else "basic") for i in range(11)], columns)
    assert rows_to_write() == [3, 10]
    # Another language model, an edited prompt, or an answer that was deleted: the rows are written anew.
    project.endpoint["model_name"] = "another-model"
    project.write_project()
    assert len(rows_to_write()) == 11
    project.endpoint["model_name"] = "test-model"
    project.write_project()
    project.task("pii_risk", {**PII, "prompt": PII["prompt"].replace("{body}", "{body?}")})
    assert len(rows_to_write()) == 11
    project.task("pii_risk", PII)
    with duckdb.connect(str(project.database)) as connection:
        connection.execute(
            "delete from dbt_llm__responses where request_key = (select llm_request_key from pii_risk where message_id = 5)"
        )
    assert rows_to_write() == [3, 5, 10]


def test_swapped_columns_are_changes(project: Project, server: Server) -> None:
    """The same values in the same places under other names are not the same row."""
    project.messages([(1, "a text", "a subject")], "message_id bigint, body varchar, subject varchar")
    project.run_tasks()
    project.messages([(1, "a text", "a subject")], "message_id bigint, subject varchar, body varchar")
    project.run_tasks()
    assert server.counters.calls == 2
    assert project.query("select body, subject from pii_risk") == [("a subject", "a text")]


@pytest.mark.skipif(duckdb.__version__ < "2", reason="DuckDB 1 cannot commit dbt's own change of a column's type with other rows")
def test_another_type_is_a_change(project: Project, server: Server) -> None:
    """100 instead of 1.00 is not the same row."""
    project.messages([(1, "a text", 1)], "message_id bigint, body varchar, amount decimal(10, 2)")
    config = "materialized='incremental', unique_key='message_id', on_schema_change='sync_all_columns'"
    project.task("pii_risk", PII, config=config)
    project.run_tasks()
    project.messages([(1, "a text", 100)], "message_id bigint, body varchar, amount bigint")
    project.run_tasks()
    assert server.counters.calls == 1
    assert project.query("select amount::int from pii_risk") == [(100,)]


def test_a_failure_elsewhere_hides_no_answer_here(project: Project, server: Server) -> None:
    project.run_tasks()
    with duckdb.connect(str(project.database)) as connection:
        connection.execute("create schema production")
        connection.execute("create table production.responses as from dbt_llm__responses")
        connection.execute(
            "update production.responses set status = 'failed', error_class = 'truncated',"
            " responded_at = now()::timestamp + interval 1 day"
        )
    project.write_project(dbt_llm_response_sources=["production.responses"])
    project.run_tasks("--full-refresh")
    assert server.counters.calls == 15
    assert project.statuses() == {("succeeded", None): 20}


def test_no_clock_decides_which_response_counts(project: Project, server: Server) -> None:
    """A success goes before any failure but a requeue, whenever they were written."""
    project.run_tasks()
    copied = "insert into dbt_llm__responses by name select * replace ({}) from dbt_llm__responses where status = 'succeeded'"
    with duckdb.connect(str(project.database)) as connection:
        # From a machine whose clock is ahead, and one whose clock is behind.
        for year, attempt in ((2099, 2), (1999, 3)):
            connection.execute(
                copied.format(
                    f"'failed' as status, 'invalid_request' as error_class, null as completion, {attempt} as attempt,"
                    f" timestamp '{year}-01-01' as responded_at"
                )
            )
    project.run_tasks("--full-refresh")
    assert project.statuses() == {("succeeded", None): 20}
    assert server.counters.calls == 15


def test_a_requeue_supersedes_what_it_names(project: Project, server: Server) -> None:
    project.run_tasks()
    with duckdb.connect(str(project.database)) as connection:
        connection.execute("update dbt_llm__responses set completion = 'no JSON', responded_at = timestamp '2099-01-01'")
    project.run_tasks("--full-refresh")
    assert project.statuses() == {("quarantined", "invalid_json"): 20}
    assert project.dbt("run-operation", "dbt_llm.requeue", "--args", "{task: pii_risk}").ok
    for _ in range(2):
        project.run_tasks()
        assert server.counters.calls == 30
        assert project.statuses() == {("succeeded", None): 20}
    assert project.query("select distinct attempt, supersedes_attempt from dbt_llm__responses order by all") == [
        (1, 1),
        (1, None),
        (2, None),
    ]


def test_a_requeue_supersedes_what_is_elsewhere(project: Project, server: Server) -> None:
    project.run_tasks()
    with duckdb.connect(str(project.database)) as connection:
        connection.execute(
            "create table elsewhere as select * replace ('no JSON' as completion, 4 as attempt) from dbt_llm__responses"
        )
        connection.execute("delete from dbt_llm__responses")
    project.write_project(dbt_llm_response_sources=["warehouse.main.elsewhere"])
    project.run_tasks("--full-refresh")
    assert project.statuses() == {("quarantined", "invalid_json"): 20}
    assert project.dbt("run-operation", "dbt_llm.requeue", "--args", "{task: pii_risk}").ok
    project.run_tasks()
    assert server.counters.calls == 30
    assert project.statuses() == {("succeeded", None): 20}


def test_an_answer_elsewhere_goes_before_a_failure_here(project: Project, server: Server) -> None:
    project.run_tasks()
    with duckdb.connect(str(project.database)) as connection:
        connection.execute("create table elsewhere as select * exclude (supersedes_attempt) from dbt_llm__responses")
        connection.execute(
            "update dbt_llm__responses set status = 'failed', error_class = 'invalid_request', completion = null, attempt = 7"
        )
    project.write_project(dbt_llm_response_sources=["warehouse.main.elsewhere"])
    project.run_tasks("--full-refresh")
    assert project.statuses() == {("succeeded", None): 20}
    assert server.counters.calls == 15


def test_a_text_that_the_session_decides_is_refused(project: Project, server: Server) -> None:
    """On a laptop in another time zone than CI, the same row would be another request."""
    project.messages(
        [(i, f"message {i}", "2026-01-02 03:04:05+00") for i in range(3)], "message_id int, body text, sent_at timestamptz"
    )
    project.task("pii_risk", {**PII, "prompt": "At {sent_at}: {body}"})
    plugins = [{"module": "dbt_llm.duckdb"}]
    project.write_profile(plugins=plugins, settings={"TimeZone": "Europe/Berlin"})
    refused = project.dbt("run", "--exclude", "package:dbt_llm")
    assert not refused.ok and "{sent_at} is TIMESTAMP WITH TIME ZONE, whose text is the session's matter" in refused.output
    assert "'2020-07-01 02:00:00+02'" in refused.output and server.counters.calls == 0
    project.write_profile(plugins=plugins, settings={"TimeZone": "UTC"})
    project.run_tasks()
    project.run_tasks()
    assert server.counters.calls == 3
    # The rows of a golden set are asked by the same template.
    with duckdb.connect(str(project.database)) as connection:
        connection.execute(
            "create table golden as select message_id + 9 as message_id, body || '!' as body, sent_at, true as expected_has_pii"
            " from messages"
        )
    relation = "api.Relation.create(schema='main', identifier='golden')"
    golden = f"{{{{ dbt_llm.golden({relation}, task='pii_risk', key='message_id', columns=['has_pii']) }}}}"
    project.write_model("pii_golden", "{{ config(materialized='table') }}\n" + golden)
    project.write_profile(plugins=plugins, settings={"TimeZone": "Europe/Berlin"})
    refused = project.dbt("run", "--select", "pii_golden")
    assert not refused.ok and "whose text is the session's matter" in refused.output, refused.output
    assert server.counters.calls == 3
    # Of other columns no session decides.
    project.task("pii_risk", PII)
    project.write_profile(plugins=plugins, settings={"TimeZone": "Europe/Berlin"})
    project.run_tasks("--select", "pii_risk", "--full-refresh")
    assert server.counters.calls == 6


EVERY_TYPE = {
    "text": {"type": "string"}, "label": {"enum": ["a", "b"]}, "whole": {"type": "integer"}, "number": {"type": "number"},
    "flag": {"type": "boolean"}, "day": {"type": "string", "format": "date"}, "moment": {"type": "string", "format": "date-time"},
    "list": {"type": "array", "items": {"type": "string"}},
    "object": {"type": "object", "properties": {"city": {"type": "string"}, "zip": {"type": "integer"}}},
    "objects": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "number"}}}},
}  # fmt: skip


@pytest.mark.parametrize(
    "on_schema_change",
    ["ignore", *(pytest.param(how, marks=pytest.mark.long) for how in ("append_new_columns", "sync_all_columns"))],
)
def test_an_answer_of_another_type_is_told_before_the_money(on_schema_change: str, project: Project, server: Server) -> None:
    config = f"materialized='incremental', unique_key='message_id', on_schema_change='{on_schema_change}'"

    def task(**changed: object) -> None:
        project.task("pii_risk", {**PII, "response_format": {**EVERY_TYPE, **changed}}, config)

    task()
    project.run_tasks()
    # Every type is known again as it stands in the table.
    project.run_tasks()
    assert server.counters.calls == 15
    wider = {"type": "object", "properties": {**EVERY_TYPE["object"]["properties"], "street": {"type": "string"}}}
    for name, schema in {"whole": {"type": "number"}, "number": {"enum": ["a", "b"]}, "object": wider}.items():
        task(**{name: schema})
        refused = project.dbt("run", "--exclude", "package:dbt_llm")
        assert not refused.ok and f"'{name}' has another type than the table's column" in refused.output, refused.output
        assert server.counters.calls == 15
    project.run_tasks("--full-refresh")
    assert server.counters.calls == 30


def test_a_contract_that_does_not_fit_is_told_before_the_money(project: Project, server: Server) -> None:
    columns = [{"name": "message_id", "data_type": "bigint"}, {"name": "has_pii", "data_type": "varchar"}]
    project.task("pii_risk", PII, "materialized='table', contract={'enforced': true}", columns=columns)
    refused = project.dbt("run", "--exclude", "package:dbt_llm")
    assert not refused.ok and "has an enforced contract that failed" in refused.output, refused.output
    assert server.counters.calls == 0

"""Money rule 11: whatever a project says to all its models, rules 1, 3 and 9 hold, or it is told before the first call."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from dbt_llm.testing import Server
from tests.support.project import PII, Project, Result
from tests.support.python_project import CODE, python_task

ROWS = 4
# What a task's own file says goes before all that the project says.
CONFIG = "materialized='incremental', unique_key='message_id', incremental_strategy='merge'"
# As the error says it.
REMEDY = {"tables": {"+materialized": "dbt_llm_table"}, "views": {"+materialized": "view"}}


def project_with(folder: Path, server: Server, models: dict[str, Any], macros: str = "", config: str = CONFIG) -> Project:
    project = Project(folder / "project", server.base_url)
    path = project.folder / "dbt_project.yml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), "models": models}))
    if macros:
        (project.folder / "macros").mkdir()
        (project.folder / "macros" / "own.sql").write_text(macros)
    project.messages([(i, f"message {i}") for i in range(ROWS)])
    project.task("pii_risk", PII, config)
    return project


def pays_once(project: Project, server: Server) -> None:
    """Rules 1, 3 and 9."""
    project.run()
    assert server.counters.calls == ROWS
    project.run()
    project.run("--full-refresh")
    assert server.counters.calls == ROWS
    project.task("pii_risk", {**PII, "prompt": "PII? {body}"}, CONFIG)
    for _ in range(2):
        project.run("--select", "pii_risk")
        assert server.counters.calls == 2 * ROWS


@pytest.mark.parametrize(
    "models",
    [
        {"+materialized": "table"},
        *(
            pytest.param(models, marks=pytest.mark.long)
            for models in ({"+materialized": "view"}, {"+materialized": "incremental"}, {"+hours_to_expiration": 24})
        ),
    ],
    ids=lambda models: " ".join(f"{name}: {value}" for name, value in models.items()),
)
def test_what_would_empty_the_ledger_is_told_before_the_first_call(
    models: dict[str, Any], tmp_path: Path, server: Server
) -> None:
    project = project_with(tmp_path, server, models)

    def refused(result: Result) -> None:
        assert not result.ok
        name = next(iter(models))
        assert f"config.{name[1:]}: would " in result.output
        assert "dbt_llm:\n" in result.output and "tables: {+materialized: dbt_llm_table}" in result.output
        assert server.counters.calls == 0

    refused(project.dbt("run"))
    # Nor by a task alone, whose tables are from another day.
    refused(project.dbt("run", "--select", "pii_risk"))
    path = project.folder / "dbt_project.yml"
    settings = yaml.safe_load(path.read_text())
    settings["models"] = {**models, "dbt_llm": {**REMEDY}}
    if "+hours_to_expiration" in models:
        settings["models"]["dbt_llm"]["tables"] = {**REMEDY["tables"], "+hours_to_expiration": None}
    path.write_text(yaml.safe_dump(settings))
    project.run()
    project.run("--full-refresh")
    assert server.counters.calls == ROWS


NAMES = """
{% macro generate_schema_name(custom_schema_name, node) %}{{ (custom_schema_name or 'plain') ~ '_' ~ target.name }}{% endmacro %}
{% macro generate_alias_name(custom_alias_name=none, node=none) %}{{ 'x_' ~ (custom_alias_name or node.name) }}{% endmacro %}
"""


@pytest.mark.parametrize(
    ("models", "macros"),
    [
        pytest.param({"+schema": "everything"}, NAMES, marks=pytest.mark.long),
        ({"+pre-hook": "select 1", "+post-hook": ["select 2", 'select 2 as "{{ this.name }}"']}, ""),
        ({"+full_refresh": True, "+incremental_strategy": "insert_overwrite", "+on_schema_change": "ignore"}, ""),
        *(
            pytest.param(models, "", marks=pytest.mark.long)
            for models in (
                {"dbt_llm": {"+schema": "llm"}},
                {"+transient": True, "+on_schema_change": "sync_all_columns", "+tags": ["nightly"], "+meta": {"owner": "ann"}},
                {"+incremental_strategy": "merge", "+full_refresh": False},
                {"dbt_llm": {"tables": {"evaluation": {"+enabled": False}}, "views": {"+enabled": False}}},
            )
        ),
    ],
    ids=["generate_*_name", "hooks", "what empties tables", "schema of its own", "harmless settings", "strategy", "switched off"],
)
def test_rules_hold(models: dict[str, Any], macros: str, tmp_path: Path, server: Server) -> None:
    pays_once(project_with(tmp_path, server, models, macros), server)


def test_what_no_task_sees_or_would_get_is_told_before_the_first_call(tmp_path: Path, server: Server) -> None:
    config = f"{CONFIG}, merge_update_columns=['body']"
    project = project_with(tmp_path, server, {}, config=config)
    result = project.dbt("run")
    assert not result.ok and "config.merge_update_columns: would keep answers from their rows" in result.output
    project.task("pii_risk", PII, CONFIG)
    path = project.folder / "dbt_project.yml"
    settings = yaml.safe_load(path.read_text())
    scoped = {"dbt_llm_mode": "cache_only", "dbt_llm_budgets": {"day": {"requests": 2}}}
    for name, value in scoped.items():
        path.write_text(yaml.safe_dump({**settings, "vars": {**settings["vars"], "dbt_llm": {name: value}}}))
        result = project.dbt("run")
        assert not result.ok and f"vars.dbt_llm.{name}: only the package sees it" in result.output, result.output
    # Nor by an inline macro, in a project without a task.
    inline = project.folder / "models" / "inline.sql"
    inline.write_text("{{ config(materialized='table') }}\nselect {{ dbt_llm.complete(\"'hello'\", endpoint='fast') }} as answer")
    result = project.dbt("run", "--select", "inline")
    assert not result.ok and "only the package sees it" in result.output, result.output
    inline.unlink()
    assert server.counters.calls == 0
    # Where both see it, it holds; and what may be meant is warned of.
    project.task("pii_risk", PII, f"{CONFIG}, incremental_predicates=['true']")
    path.write_text(yaml.safe_dump({**settings, "vars": {**settings["vars"], **scoped}}))
    output = project.run().output
    assert "a row of the table that is outside of incremental_predicates is not replaced by its answer" in output
    assert server.counters.calls == 0


def test_a_disabled_table_that_tasks_write_is_named(tmp_path: Path, server: Server) -> None:
    project = project_with(tmp_path, server, {"dbt_llm": {"+enabled": False}})
    result = project.dbt("run")
    assert not result.ok and "dbt_llm__responses" in result.output and "disabled" in result.output
    assert server.counters.calls == 0


@pytest.mark.parametrize(
    ("columns", "is_told"),
    [("body, 1.5 as weight, channel, message_id", False), ("message_id, body", True)],
    ids=["in_another_order", "gone"],
)
def test_other_columns_of_the_input_rewrite_at_most_once(columns: str, is_told: bool, tmp_path: Path, server: Server) -> None:
    project = project_with(
        tmp_path, server, {}, config="materialized='incremental', unique_key='message_id', on_schema_change='append_new_columns'"
    )
    for selected in ("message_id, message_id % 2 as channel, body", columns):
        with duckdb.connect(str(project.database)) as connection:
            connection.execute(f"create or replace table messages as select {selected} from messages")
        project.run_tasks()
    before = project.query("select rowid, * from pii_risk order by message_id")
    output = project.run_tasks().output
    assert is_told is ("the table keeps 'channel', which the task no longer writes, so every run writes all rows again" in output)
    # Rows that are written again have new places.
    assert is_told is (project.query("select rowid, * from pii_risk order by message_id") != before)
    assert server.counters.calls == ROWS


def test_a_database_in_memory_is_warned_of(tmp_path: Path, server: Server) -> None:
    project = Project(tmp_path / "project", server.base_url)
    project.write_profile(path=":memory:", plugins=[{"module": "dbt_llm.duckdb"}])
    project.write_model("letters", "select 1 as message_id, 'hello' as body")
    project.task("pii_risk", PII, sql="{{ dbt_llm.enrich(ref('letters')) }}")
    python_task(project, "in_python", code=CODE.replace('dbt.source("raw", "messages")', 'dbt.ref("letters")'))
    output = project.run().output
    for task in ("pii_risk", "in_python"):
        assert output.count(f"{task}: the database 'memory' is in memory: what a run pays for is gone when dbt ends") <= 1, output
    assert "the database 'memory' is in memory" in output and server.counters.calls == 1
    result = project.dbt("run-operation", "dbt_llm.doctor")
    assert not result.ok and "1 fault" in result.output and "the database 'memory' is in memory" in result.output, result.output


@pytest.mark.parametrize(
    "models", [{"dbt_llm": {"+database": "beside"}}, {"project": {"+database": "beside"}}], ids=["tables", "tasks"]
)
def test_two_databases(models: dict[str, Any], tmp_path: Path, server: Server) -> None:
    # DuckDB writes to one of them in a transaction.
    project = project_with(tmp_path, server, models)
    project.write_profile(
        plugins=[{"module": "dbt_llm.duckdb"}], attach=[{"path": str(project.folder / "beside.duckdb"), "alias": "beside"}]
    )
    golden = "select message_id, body, true as expected_has_pii from {{ source('raw', 'messages') }}"
    project.write_model("labelled", "{{ config(materialized='table') }}\n" + golden)
    project.write_model(
        "golden",
        "{{ config(materialized='table') }}\n{{ dbt_llm.golden(ref('labelled'), task='pii_risk', columns=['has_pii']) }}",
    )
    pays_once(project, server)
    project.run("--select", "golden")
    assert server.counters.calls == 2 * ROWS
    with duckdb.connect() as connection:
        for alias, path in {"warehouse": project.database, "beside": project.folder / "beside.duckdb"}.items():
            connection.execute(f"attach '{path}' as {alias} (read_only)")
        tables, tasks = ("beside", "warehouse") if "dbt_llm" in models else ("warehouse", "beside")
        assert connection.execute(f"select count(*) from {tables}.dbt_llm__responses").fetchall() == [(2 * ROWS,)]
        assert connection.execute(f"select count(*) from {tables}.dbt_llm__evaluations where n = {ROWS}").fetchall()[0][0] > 0
        found = connection.execute(f"select distinct llm_status from {tasks}.pii_risk").fetchall()
        assert found == [("succeeded",)]


def test_a_task_alone_mends_an_older_package_table(tmp_path: Path, server: Server) -> None:
    project = project_with(tmp_path, server, {})
    project.run()
    with duckdb.connect(str(project.database)) as connection:
        connection.execute("alter table dbt_llm__responses drop column supersedes_attempt")
        connection.execute("alter table dbt_llm__runs drop column repair_requests")
        connection.execute("alter table dbt_llm__quarantine drop column attempt")
    project.task("pii_risk", {**PII, "prompt": "PII? {body}"}, CONFIG)
    for _ in range(2):
        project.run("--select", "pii_risk")
        assert server.counters.calls == 2 * ROWS


def test_tasks_that_begin_at_once_make_the_tables_together(tmp_path: Path, server: Server) -> None:
    project = Project(tmp_path / "project", server.base_url, is_new=True)
    project.messages([(i, f"message {i}") for i in range(ROWS)])
    for n in range(3):
        project.task(f"twin_{n}", PII)
    project.task("shown", PII, config="materialized='view'")
    project.run("--exclude", "package:dbt_llm", "--threads", "8")
    assert server.counters.calls == ROWS


def test_the_package_is_built_by_the_task_that_needs_it(tmp_path: Path, server: Server) -> None:
    project = Project(tmp_path / "project", server.base_url, is_new=True)

    project.messages([(i, f"message {i}") for i in range(ROWS)])
    result = project.run("--select", "pii_risk")
    assert "made " in result.output
    project.run()
    project.run("--full-refresh")
    assert server.counters.calls == ROWS
    assert project.statuses() == {("succeeded", None): ROWS}

"""Money rule 11 on every adapter: one of each kind of what a project may say to all models. All of them: tests/money_rules."""

from typing import Any

import yaml

from tests.integration.project import IntegrationProject

BUILD = ("build", "--exclude-resource-type", "unit_test", "--select", "raw_messages", "as_incremental")
OWN: dict[str, dict[str, Any]] = {
    "duckdb": {},
    "snowflake": {"+transient": True, "+copy_grants": True},
    "databricks": {"+file_format": "delta", "+tblproperties": {"team": "support"}},
    "bigquery": {"+labels": {"owner": "ann"}, "+require_partition_filter": False},
}
"""Settings that only one adapter has, and that do no harm."""
HOOKS = {"+pre-hook": "select 1", "+post-hook": ["select 2"]}
EMPTYING = {"bigquery": {"+hours_to_expiration": 24}}


def say_to_all_models(project: IntegrationProject, settings: dict[str, Any]) -> None:
    path = project.folder / "dbt_project.yml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), "models": settings}, sort_keys=False))


def test_what_would_empty_the_ledger_is_told_before_the_first_call(project: IntegrationProject) -> None:
    for settings in ({"+materialized": "table"}, EMPTYING.get(project.adapter)):
        if settings is None:
            continue
        say_to_all_models(project, settings)
        result = project.dbt("run", "--select", "as_incremental")
        name = next(iter(settings)).removeprefix("+")
        assert not result.ok and f"config.{name}: would " in result.output, result.output
    assert project.calls() == 0


def test_names_hooks_and_what_does_no_harm(new_project: IntegrationProject) -> None:
    """Rules 1, 3 and 9."""
    project = new_project
    # As another run would make a table after this one has looked.
    meanwhile = {"dbt_llm__evaluations": {"+pre-hook": "create table if not exists {{ this }} as select 'kept' as task"}}
    say_to_all_models(
        project,
        {
            "+schema": "everything",
            "+full_refresh": False,
            "dbt_llm": {"tables": {"evaluation": meanwhile}},
            **HOOKS,
            **OWN[project.adapter],
        },
    )
    for arguments in (
        BUILD,
        ("run", "--select", "as_incremental"),
        ("run", "--select", "as_incremental", "--full-refresh"),
    ):
        project.run(*arguments)
        assert project.calls() == 4
    project.edit("as_incremental", prompt="Another question: {body}")
    project.run("run", "--select", "as_incremental")
    assert project.calls() == 8
    project.run("run", "--select", "dbt_llm__evaluations")
    shown = project.run("show", "--inline", "select task, golden from {{ ref('dbt_llm', 'dbt_llm__evaluations') }}")
    assert "kept" in shown.output

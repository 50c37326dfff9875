"""A dbt Python model on DuckDB and on the Databricks stand-in: the table of the SQL model, and each request paid once."""

import pytest
import yaml

from tests.integration.project import IntegrationProject, World
from tests.support.project import ROOT
from tests.support.python_project import HOOKS

CODE = """\
import dbt_llm


def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="message_id")
    messages = dbt.ref("raw_messages")
    responses = dbt.ref("dbt_llm__responses")
    meta = dbt.config.get("meta")
    return dbt_llm.enrich(dbt, session, messages, responses, meta)
"""


@pytest.fixture
def engine() -> str:
    """The one that most tests use."""
    return "async"


@pytest.fixture
def in_python(project: IntegrationProject, world: World, engine: str) -> IntegrationProject:
    """The project with `as_incremental` written again as a Python model, for the endpoint's entry of an engine."""
    if world.adapter not in ("duckdb", "databricks"):
        pytest.skip(f"dbt's Python models do not run on the stand-in of {world.adapter}; see test_python_sessions.py.")
    if engine != "async" and world.adapter != "databricks":
        pytest.skip(f"Here a cluster is the platform's; `make {engine}` has those that a task on DuckDB makes.")
    if engine == "ray" and not [*(ROOT / ".envs" / "databricks").glob("lib/*/site-packages/ray")]:
        pytest.skip("Ray is not in the stand-in's environment; `make ray` puts it there.")
    models = project.folder / "models"
    declared = yaml.safe_load((models / "models.yml").read_text())
    [task] = [model for model in declared["models"] if model["name"] == "as_incremental"]
    config = {**HOOKS, "meta": {"llm": {**task["config"]["meta"]["llm"], "engine": engine}}}
    if world.adapter == "databricks":
        config |= {"submission_method": "all_purpose_cluster", "cluster_id": "stand-in", "create_notebook": False}
    (models / "in_python.py").write_text(CODE)
    (models / "in_python.yml").write_text(yaml.safe_dump({"models": [{"name": "in_python", "config": config}]}, sort_keys=False))
    path = project.folder / "dbt_project.yml"
    whole = yaml.safe_load(path.read_text())
    entries = whole["vars"]["dbt_llm_endpoints"]["fast"]
    # The same model name, and so the same requests as the adapter's own function asks.
    entries[engine] = {"model_name": entries[world.adapter]["model_name"], "base_url": world.server.base_url}
    if engine != "async":
        entries[engine]["stage"] = str(project.folder / "stage")
    if engine == "ray":
        # Of the driver's machine: Ray on Spark wants a Spark of several.
        entries[engine] |= {"address": "local", "replicas": 1}
    path.write_text(yaml.safe_dump(whole, sort_keys=False))
    return project


@pytest.mark.parametrize("engine", ["async", "spark", "ray"])
def test_the_table_of_the_sql_model(in_python: IntegrationProject, engine: str) -> None:
    in_python.run("seed")
    in_python.run("run", "--select", "in_python")
    paid = in_python.calls()
    in_python.run("run", "--select", "as_incremental")
    assert in_python.calls() == paid, "the SQL model must find the answers of the Python model"
    assert in_python.task("in_python") == in_python.task("as_incremental")
    assert in_python.statuses("in_python")[("succeeded", None)] > 0
    responses = in_python.rows(
        "select engine, count(*) as n, count(distinct request_key) as d from dbt_llm__responses group by 1"
    )
    assert responses == [{"engine": engine, "n": paid, "d": paid}]


def test_a_second_run_and_empty_pay_nothing(in_python: IntegrationProject) -> None:
    in_python.run("seed")
    in_python.run("run", "--select", "in_python", "--empty")
    assert in_python.calls() == 0 and in_python.task("in_python") == []
    in_python.run("run", "--select", "in_python")
    paid = in_python.calls()
    assert paid > 0
    in_python.run("run", "--select", "in_python")
    assert in_python.calls() == paid
    before = in_python.task("in_python")
    in_python.run("run", "--select", "in_python", "--full-refresh")
    assert in_python.calls() == paid and in_python.task("in_python") == before
    runs = in_python.rows("select engine, sent_requests from dbt_llm__runs order by started_at")
    assert [row["sent_requests"] for row in runs] == [paid, 0, 0]

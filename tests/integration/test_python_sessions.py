"""`dbt_llm.enrich()` on the sessions of Snowflake and BigQuery, through their own clients, on the stand-ins.

dbt runs a Python model there in a stored procedure or a notebook, which no stand-in has: so the order that
`dbt_llm.prepare()` would leave is written here, and what dbt would do with the frame is done here.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

import dbt_llm
from dbt_llm.client import DbtLlmError
from tests.integration.project import IntegrationProject, World
from tests.support.project import ROOT


class Dbt:
    """What a Python model is given as `dbt`, as far as `enrich` asks for it."""

    def __init__(self, project: IntegrationProject, name: str) -> None:
        place = project.target
        self.database = place.get("database") or place["project"]
        self.schema = place.get("schema") or place["dataset"]
        self.identifier = name
        self.this = self

    def name_of(self, identifier: str) -> str:
        """As dbt shows it to a Python model."""
        return f"{self.database}.{self.schema}.{identifier}"

    def __str__(self) -> str:
        return self.name_of(self.identifier)


class BigQuerySession:
    """The parts of a BigQuery DataFrames session that are used, on the real client; the session itself needs Google."""

    def __init__(self, target: dict[str, Any]) -> None:
        from google.auth.credentials import AnonymousCredentials
        from google.cloud import bigquery

        self.bqclient = bigquery.Client(
            project=target["project"],
            credentials=AnonymousCredentials(),
            client_options={"api_endpoint": target["api_endpoint"]},
        )

    def table(self, name: str) -> "BigQueryFrame":
        return BigQueryFrame(self, f"select * from `{name}`", name)

    def read_gbq_query(self, sql: str) -> "BigQueryFrame":
        return BigQueryFrame(self, sql)


BigQuerySession.__module__ = "bigframes.session"


class BigQueryFrame:
    def __init__(self, session: BigQuerySession, sql: str, table: str | None = None) -> None:
        self.session, self.sql, self.table = session, sql, table

    @property
    def columns(self) -> list[str]:
        return [field.name for field in self.session.bqclient.query(f"select * from ({self.sql}) limit 0").result().schema]

    def to_gbq(self) -> str | None:
        return self.table

    def save(self, name: str) -> None:
        self.session.bqclient.query(f"create or replace table `{name}` as\n{self.sql}").result()


def session_on(target: dict[str, Any]) -> Any:
    if target["type"] == "bigquery":
        return BigQuerySession(target)
    from snowflake.snowpark import Session

    names = ("account", "user", "password", "host", "port", "protocol", "database", "schema", "warehouse", "role")
    return Session.builder.configs({name: target[name] for name in names}).create()


def order(session: Any, dbt: Dbt, project: IntegrationProject, **changes: Any) -> None:
    """Write what `prepare()` would."""

    def parts(identifier: str) -> dict[str, str]:
        name = dbt.name_of(identifier)
        rendered = f"`{name.replace('.', '`.`')}`" if project.adapter == "bigquery" else name
        return {"rendered": rendered, "database": dbt.database, "schema": dbt.schema, "identifier": identifier}

    declared = yaml.safe_load((project.folder / "models" / "models.yml").read_text())["models"]
    [llm] = [model["config"]["meta"]["llm"] for model in declared if model["name"] == "as_incremental"]
    text = {
        "version": 2,
        "task": dbt.identifier,
        "llm": {**llm, "engine": "async"},
        "entries": {"async": {"model_name": "stand-in", "base_url": project.server.base_url}},
        "invocation_id": "an-invocation",
        "mode": "live",
        "is_empty": False,
        "is_sample": False,
        "is_incremental": False,
        "is_full_refresh": False,
        "config": {"materialized": "table", "unique_key": None, "on_schema_change": None, "incremental_strategy": None},
        "this": parts(dbt.identifier),
        "relations": {path.stem: parts(path.stem) for path in (ROOT / "models").rglob("*.sql")},
        "timestamp_type": "timestamp" if project.adapter == "bigquery" else "timestamp_ntz",
        "variables": {"dbt_llm_response_sources": []},
        **changes,
    }
    table = f"{dbt}__dbt_llm_order"
    literal = json.dumps(text).replace("\\", "\\\\").replace("'", "\\'")
    if project.adapter == "bigquery":
        session.bqclient.query(f"create or replace table `{table}` as select '{literal}' as order_text").result()
    else:
        session.sql(f"create or replace table {table} as select '{literal}' as order_text").collect()


def save(frame: Any, dbt: Dbt) -> None:
    if isinstance(frame, BigQueryFrame):
        frame.save(str(dbt))
    else:
        frame.write.mode("overwrite").save_as_table(str(dbt))


@pytest.fixture
def built(project: IntegrationProject, world: World) -> IntegrationProject:
    if world.adapter not in ("snowflake", "bigquery"):
        pytest.skip(f"On {world.adapter} dbt itself runs a Python model; see test_python_models.py.")
    project.run("seed")
    return project


@pytest.fixture
def session(built: IntegrationProject) -> Iterator[Any]:
    opened = session_on(built.target)
    yield opened
    # Snowpark's would be closed when Python ends, after the stand-in, and wait for it.
    (opened.connection if built.adapter == "snowflake" else opened.bqclient).close()


def test_a_task_on_the_platforms_own_client(built: IntegrationProject, session: Any) -> None:
    dbt = Dbt(built, "in_python")

    def enrich() -> Any:
        return dbt_llm.enrich(
            dbt, session, session.table(dbt.name_of("raw_messages")), session.table(dbt.name_of("dbt_llm__responses"))
        )

    with pytest.raises(DbtLlmError, match="has no order"):
        enrich()
    order(session, dbt, built, is_empty=True)
    save(enrich(), dbt)
    assert built.calls() == 0 and built.task("in_python") == []

    order(session, dbt, built)
    save(enrich(), dbt)
    paid = built.calls()
    assert paid > 0
    with pytest.raises(DbtLlmError, match="was carried out"):
        enrich()
    order(session, dbt, built, invocation_id="another")
    save(enrich(), dbt)
    assert built.calls() == paid

    built.run("run", "--select", "as_incremental")
    assert built.calls() == paid, "the SQL model must find the answers of the Python task"
    assert built.task("in_python") == built.task("as_incremental")
    responses = built.rows("select engine, count(*) as n, count(distinct request_key) as d from dbt_llm__responses group by 1")
    assert responses == [{"engine": "async", "n": paid, "d": paid}]

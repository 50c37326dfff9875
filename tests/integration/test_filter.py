"""A filter on the warehouses' stand-ins: trained on the warehouse's own rows, recorded, and scored by its SQL."""

import csv
import json
import math
from typing import Any

import numpy as np
import pytest
import yaml

import dbt_llm
from dbt_llm.testing import ChatRequest
from tests.integration.project import IntegrationProject, World
from tests.integration.test_python_sessions import Dbt, save, session_on

ROWS, ASKED = 300, 160
ARRAYS = {"databricks": "array({})", "snowflake": "array_construct({})", "bigquery": "[{}]"}
TRAINED = """\
import dbt_llm


def model(dbt, session):
    dbt.config(materialized="incremental")
    rows = dbt.ref("labelled")
    return dbt_llm.train_filter(dbt, session, rows)
"""
CLUSTER = {"submission_method": "all_purpose_cluster", "cluster_id": "stand-in", "create_notebook": False}
FILTER = {"label": "pii_types", "value": ["email"], "recall": 0.9, "confidence": 0.9, "audit": 0.1}


def is_wanted(number: int) -> bool:
    return number % 5 < 2


def answer(request: ChatRequest) -> str:
    """Two in five have an e-mail address."""
    number = int(request.prompt.split("number ")[1].split("<")[0])
    return json.dumps({"has_pii": True, "pii_types": ["phone", "email"] if is_wanted(number) else ["phone"], "confidence": 0.5})


def embedding(number: int) -> list[float]:
    """It tells well, not perfectly."""
    noise = math.sin(number * 12.9898) + math.cos(number * 78.233)
    return [
        round(value, 6) for value in ((3 if is_wanted(number) else 0) + noise, math.sin(number * 3.7), math.cos(number * 9.1))
    ]


@pytest.fixture
def filtered(project: IntegrationProject, world: World) -> IntegrationProject:
    """The project with a task in front of which is a filter, its labelled rows, and what trains on them."""
    if world.adapter == "duckdb":
        pytest.skip("On DuckDB, see tests/money_rules/test_filter.py.")
    project.server.answer = answer
    models = project.folder / "models"
    with (project.folder / "seeds" / "raw_vectors.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["message_id", "body", "x", "y", "z"])
        writer.writerows([number, f"number {number}", *embedding(number)] for number in range(ROWS))
    array = ARRAYS[world.adapter].format("x, y, z")
    (models / "embedded.sql").write_text(f"select message_id, body, {array} as embedding from {{{{ ref('raw_vectors') }}}}")
    (models / "filtered.sql").write_text(
        "{{ config(materialized='incremental', unique_key='message_id') }}\n{{ dbt_llm.enrich(ref('embedded')) }}"
    )
    (models / "labelled.sql").write_text("{{ dbt_llm.filter_rows(ref('filtered'), ref('embedded')) }}")
    in_dbt = world.adapter == "databricks"
    (models / ("trained.py" if in_dbt else "trained.sql")).write_text(
        TRAINED if in_dbt else "-- depends_on: {{ ref('labelled') }}\nselect * from {{ this.schema }}.trained_frame"
    )
    declared = yaml.safe_load((models / "models.yml").read_text())
    [task] = [model["config"]["meta"]["llm"] for model in declared["models"] if model["name"] == "as_incremental"]
    config = {"post_hook": "{{ dbt_llm.record_filter() }}", **(CLUSTER if in_dbt else {"materialized": "table"})}
    # Read with models.yml, so that `edit` finds the task.
    declared["models"] += [
        {"name": "filtered", "config": {"meta": {"llm": {**task, "filter": FILTER, "limits": {"requests": ASKED}}}}},
        {"name": "trained", "config": config},
    ]
    (models / "models.yml").write_text(yaml.safe_dump(declared, sort_keys=False, allow_unicode=True))
    return project


def train(project: IntegrationProject) -> str:
    """Train as the platform does; what dbt said."""
    if project.adapter == "databricks":
        return project.run("run", "--select", "trained").output
    dbt = Dbt(project, "trained_frame")
    dbt.is_incremental = False
    session = session_on(project.target)
    try:
        save(dbt_llm.train_filter(dbt, session, session.table(dbt.name_of("labelled"))), dbt)
    finally:
        (session.connection if project.adapter == "snowflake" else session.bqclient).close()
    return project.run("run", "--select", "trained").output


def test_a_filter_is_trained_on_the_warehouse_and_drops_rows_there(filtered: IntegrationProject) -> None:
    project = filtered
    project.run("seed", "--select", "raw_vectors")
    project.run("run", "--select", "embedded", "filtered", "labelled")
    assert project.calls() == ASKED
    rows = project.rows("select split, is_wanted, count(*) as row_count from labelled group by 1, 2")
    assert sum(row["row_count"] for row in rows) == ASKED and {row["split"] for row in rows} == {"learned", "held_out"}
    asked = project.rows("select message_id from filtered where llm_status = 'succeeded'")
    assert sum(row["row_count"] for row in rows if row["is_wanted"]) == sum(is_wanted(int(row["message_id"])) for row in asked)

    assert "has a recall of at least 0.9" in " ".join(train(project).split())
    [found] = project.rows("select * from dbt_llm__filters")
    assert found["task"] == "filtered" and found["dimensions"] == 3 and found["held_out_rows"] + found["learned_rows"] == ASKED

    project.edit("filtered", limits={})
    project.run("run", "--select", "filtered")
    check_scores(project, found)
    dropped = project.statuses("filtered").get(("skipped", "filtered"), 0)
    assert project.statuses("filtered") == {("succeeded", None): ROWS - dropped, ("skipped", "filtered"): dropped}
    assert 20 < dropped < ROWS - ASKED and project.calls() == ROWS - dropped
    [audit] = project.rows("select audited_requests from dbt_llm__filter_recall")
    assert audit["audited_requests"] > 0


def check_scores(project: IntegrationProject, found: dict[str, Any]) -> None:
    """The warehouse's dot product is the one of Python, and a row is dropped by it."""
    coefficients = found["coefficients"]
    coefficients = np.array(json.loads(coefficients) if isinstance(coefficients, str) else coefficients, dtype=np.float64)
    scored = project.rows(
        "select message_id, llm_filter_score, llm_filter_version, llm_reason from filtered where llm_filter_version is not null"
    )
    # What was answered before stays as it stood.
    assert len(scored) == ROWS - ASKED and {row["llm_filter_version"] for row in scored} == {found["filter_version"]}
    for row in scored:
        expected = found["intercept"] + float(np.array(embedding(int(row["message_id"]))) @ coefficients)
        assert float(row["llm_filter_score"]) == pytest.approx(expected, abs=1e-5)
        if row["llm_reason"] == "filtered":
            assert row["llm_filter_score"] < found["threshold"]

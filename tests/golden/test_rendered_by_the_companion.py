"""The companion renders the package's macros without dbt: the SQL must be, to the letter, what dbt renders."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from dbt_llm.macros import Macros, Relation

FOLDER = Path(__file__).parent
PROJECT = FOLDER / "project"
DECLARED = {model["name"]: model for model in yaml.safe_load((PROJECT / "models" / "golden.yml").read_text())["models"]}
ENDPOINTS = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]["dbt_llm_endpoints"]
TASKS = [(path.parent.name, path.stem) for path in sorted(FOLDER.glob("*/enrich__*.sql"))]


def relation(adapter: str, identifier: str, snowflake_schema: str = "main") -> Relation:
    """As the golden project's target of that adapter renders it."""
    rendered = {
        "duckdb": f'"golden"."main"."{identifier}"',
        "snowflake": f"GOLDEN.{snowflake_schema}.{identifier}",
        "databricks": f"`golden`.`main`.`{identifier}`",
        "bigquery": f"`golden`.`main`.`{identifier}`",
    }
    return Relation(rendered[adapter], "golden", "main", identifier)


class Config(dict[str, Any]):
    """What a macro asks of `config`."""


@pytest.mark.parametrize(("adapter", "model"), TASKS)
def test_it_is_what_dbt_renders(adapter: str, model: str) -> None:
    llm = DECLARED[model]["config"]["meta"]["llm"]
    incremental = model == "enrich__incremental"
    macros = Macros(
        adapter,
        {
            "config": Config(materialized="incremental" if incremental else "table", unique_key="message_id"),
            "var": lambda _, default=None: default,
            "this": relation(adapter, model),
            "is_incremental": lambda: incremental,
            "should_full_refresh": lambda: False,
            "model": {"name": model, "resource_type": "model"},
        },
        {"_package_relation": lambda name: relation(adapter, name, "MAIN")},
    )
    response_format = macros.call("_response_format_of", llm)
    task = {
        "name": model,
        "filter": macros.call("_filter_of", llm),
        "prompt": llm["prompt"].rstrip("\n"),
        "response_format": response_format,
        "response_schema": macros.call("_response_schema", response_format),
        "dimensions": llm.get("dimensions"),
        "model_parameters": llm.get("model_parameters") or {},
        "model_name": ENDPOINTS[llm["endpoint"]][adapter]["model_name"],
        "max_attempts": llm.get("max_attempts", 3),
        "repair": llm.get("repair", 0),
    }
    rendered = macros.call(
        "_task_query",
        relation=relation(adapter, "embedded_messages" if "filter" in llm else "messages"),
        responses=relation(adapter, "dbt_llm__responses", "MAIN"),
        task=task,
    )
    assert rendered.strip() + "\n" == (FOLDER / adapter / f"{model}.sql").read_text()


def test_there_is_something_to_compare() -> None:
    assert {adapter for adapter, _ in TASKS} == {"bigquery", "databricks", "duckdb", "snowflake"}
    assert ("duckdb", "enrich__incremental") in TASKS

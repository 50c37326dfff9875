"""dbt's second engine (dbt Core 2.0): the same SQL for every adapter, and a build on DuckDB from answers already there.

It has no Python in it, so without the companion nothing can be paid.
"""

import json
import shutil
from pathlib import Path

import duckdb
import pytest
import yaml

from dbt_llm.contract import request_key
from tests.golden.test_golden import MODELS, TABLES
from tests.support.dbt2 import Engine, database_at, needed
from tests.support.project import ROOT

ADAPTERS = ["duckdb", "snowflake", "databricks", "bigquery"]
RESPONSES = """
create table dbt_llm__responses (
    request_key varchar, task varchar, model_name varchar, prompt_version varchar, status varchar,
    completion varchar, error_class varchar, error_message varchar, finish_reason varchar,
    input_tokens bigint, output_tokens bigint, cost_usd double, latency_ms bigint, attempt integer,
    engine varchar, response_model varchar, batch_id varchar, invocation_id varchar,
    requested_at timestamp, responded_at timestamp, prompt varchar
)
"""

pytestmark = needed


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Engine:
    folder = tmp_path_factory.mktemp("golden") / "project"
    shutil.copytree(ROOT / "tests" / "golden" / "project", folder)
    database = folder / "golden.duckdb"
    with database_at(database) as connection:
        connection.execute(TABLES)
    return Engine(folder, home, DBT_LLM_GOLDEN_DUCKDB=str(database))


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_the_sql_is_that_of_the_first_engine(adapter: str, golden: Engine) -> None:
    # An incremental model asks its database whether its table is there, and no warehouse is.
    chosen = ["--exclude", "enrich__incremental"] if adapter != "duckdb" else []
    golden.run("parse", "--target", adapter)
    golden.run("compile", "--target", adapter, "--target-path", f"target-{adapter}", *chosen)
    compiled = {path.stem: path for path in (golden.folder / f"target-{adapter}" / "compiled").rglob("*.sql")}
    # The options of the embedded engine are JSON for a program that is not there on this engine.
    inline = {"complete__inline", "classify__inline", "extract__inline", "calibration__probes"} if adapter == "duckdb" else set()
    compared = 0
    for name in sorted(set(MODELS) & compiled.keys() - inline):
        expected = ROOT / "tests" / "golden" / adapter / f"{name}.sql"
        if not expected.exists():
            continue
        assert lines(compiled[name]) == lines(expected), name
        compared += 1
    assert compared >= 7


def lines(path: Path) -> list[str]:
    return [line.rstrip() for line in path.read_text().strip().splitlines() if line.strip()]


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_the_example_parses_and_compiles(adapter: str, tmp_path: Path, home: Path) -> None:
    folder = tmp_path / "example"
    shutil.copytree(
        ROOT / "examples" / "support_messages",
        folder,
        ignore=shutil.ignore_patterns("target", "dbt_packages", "*.duckdb", "logs"),
    )
    # As it is, with the plugin of dbt 1 in its profile.
    example = Engine(folder, home)
    example.run("parse", "--target", adapter, "--warn-error")
    # As from nothing, because without a connection nobody knows whether an incremental table is there.
    example.run("compile", "--target", adapter, "--full-refresh", "--select", "resource_type:model")
    compiled = (folder / "target" / "compiled").rglob("pii_risk.sql")
    assert "/* dbt_llm: result */" in next(compiled).read_text()


def test_a_build_from_answers_that_are_there(tmp_path: Path, home: Path) -> None:
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    llm = {
        "endpoint": "fast",
        "prompt": "Personal data?\n{body}\n",
        "response_format": {"has_pii": {"type": "boolean"}, "confidence": {"type": "number"}},
        "model_parameters": {"temperature": 0.0},
    }
    declared = {
        "sources": [{"name": "raw", "schema": "main", "tables": [{"name": "messages"}]}],
        "models": [
            {
                "name": "pii_risk",
                "config": {"meta": {"llm": llm}},
                "columns": [{"name": "id", "data_tests": ["unique", "not_null"]}],
            }
        ],
    }
    (folder / "models" / "models.yml").write_text(yaml.safe_dump(declared, sort_keys=False))
    (folder / "models" / "pii_risk.sql").write_text(
        "{{ config(materialized='incremental', unique_key='id') }}\n{{ dbt_llm.enrich(source('raw', 'messages')) }}\n"
    )
    endpoint = {"model_name": "m", "base_url": "http://127.0.0.1:9/v1"}
    project = {
        "name": "project", "version": "1.0.0", "config-version": 2, "profile": "project",
        "vars": {"dbt_llm_endpoints": {"fast": {"duckdb": endpoint}}, "dbt_llm_mode": "cache_only"},
    }  # fmt: skip
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(project))
    database = folder / "warehouse.duckdb"
    profile = {"project": {"target": "dev", "outputs": {"dev": {"type": "duckdb", "path": str(database), "threads": 2}}}}
    (folder / "profiles.yml").write_text(yaml.safe_dump(profile))
    with database_at(database) as connection:
        connection.execute("create table messages as select range as id, 'text ' || range as body from range(6)")
        connection.execute(RESPONSES)
        for number in range(4):
            key = request_key(
                f"Personal data?\ntext {number}",
                model_name="m",
                model_parameters=llm["model_parameters"],
                response_format=llm["response_format"],
            )
            completion = json.dumps({"has_pii": number % 2 == 0, "confidence": 0.5}) if number < 3 else "not json"
            connection.execute(
                "insert into dbt_llm__responses (request_key, task, model_name, status, completion, attempt, responded_at)"
                " values (?, 'pii_risk', 'm', 'succeeded', ?, 1, now())",
                [key, completion],
            )
    built = Engine(folder, home)
    refused = built.dbt("build", "--vars", "{dbt_llm_mode: live}")
    said = refused.stdout + refused.stderr
    assert refused.returncode != 0 and "Run `dbt-llm dbt build`" in said, said
    for _ in range(2):
        built.run("build")
        with duckdb.connect(str(database), read_only=True) as connection:
            rows = connection.execute("select id, has_pii, llm_status, llm_reason from pii_risk order by id").fetchall()
            assert rows == [
                (0, True, "succeeded", None),
                (1, False, "succeeded", None),
                (2, True, "succeeded", None),
                (3, None, "quarantined", "invalid_json"),
                (4, None, "pending", "not_requested"),
                (5, None, "pending", "not_requested"),
            ]
            assert connection.execute(
                "select distinct pending_requests, sent_requests, stop_reason from dbt_llm__runs"
            ).fetchall() == [(2, 0, "cache_only")]
            assert connection.execute("select count(*) from dbt_llm__quarantine").fetchall() == [(1,)]
    # Where every request is answered, nothing that calls need be there.
    with database_at(database) as connection:
        connection.execute("delete from messages where id > 3")
    built.run("build", "--vars", "{dbt_llm_mode: live}")


def test_the_package_itself_parses_under_a_snowflake_profile(tmp_path: Path, home: Path) -> None:
    """As a package hub tests it: `dbt deps` and `dbt parse` at the root, where warnings are errors."""
    root = tmp_path / "dbt_llm"
    root.mkdir()
    for name in ("dbt_project.yml", "macros", "models", "tests/dbt"):
        (root / name).parent.mkdir(exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, root / name)
    profile = next(iter(yaml.safe_load((ROOT / "dbt_project.yml").read_text()).get("profile", "default").split()))
    target = {"type": "snowflake", "account": "a", "user": "u", "password": "p", "database": "d", "schema": "s", "warehouse": "w"}
    (root / "profiles.yml").write_text(yaml.safe_dump({profile: {"target": "t", "outputs": {"t": target}}}))
    package = Engine(root, home)
    package.run("deps", "--profile", profile)
    package.run("parse", "--profile", profile, "--warn-error")

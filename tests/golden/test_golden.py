"""Golden SQL: what every public macro renders to, per adapter, as a reviewer reads it.

`make golden` rewrites the files; the difference is then read like any other change.
"""

import os
import shutil
from pathlib import Path

import duckdb
import pytest
import sqlglot

from tests.support import dbt_process

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent
WAREHOUSES = ["bigquery", "databricks", "snowflake"]
ADAPTERS = ["duckdb", *WAREHOUSES]
MODELS = sorted(path.stem for folder in (FOLDER / "project" / "models", ROOT / "models") for path in folder.rglob("*.sql"))
ASKS_THE_DATABASE = "enrich__incremental"
"""dbt's is_incremental() looks for the table, and so this model compiles on a connection only."""
OF_WAREHOUSES = {path.stem for path in (FOLDER / "project" / "models" / "warehouses").glob("*.sql")}
"""The embedded engine answers without SQL, and DuckDB has no functions of its own."""
LEFT_OUT = {
    "duckdb": OF_WAREHOUSES,
    "bigquery": {ASKS_THE_DATABASE, "classify__native_instruction", "extract__native"},
    "databricks": {ASKS_THE_DATABASE, "actuals__billing_export"},
    "snowflake": {ASKS_THE_DATABASE, "actuals__billing_export"},
}
GOLDEN = [(adapter, model) for adapter in ADAPTERS for model in MODELS if model not in LEFT_OUT[adapter]]
REWRITE = "DBT_LLM_REWRITE_GOLDEN" in os.environ

# A task's own earlier table, so that is_incremental() is true, and what the SQL reads.
TABLES = """
create table messages (message_id bigint, channel varchar, body varchar);
create table embedded_messages (message_id bigint, body varchar, vector float[3]);
create table enrich__filter (
    message_id bigint, body varchar, llm_filter_score double, llm_filter_version varchar, has_pii boolean, pii_types varchar[],
    llm_status varchar, llm_reason varchar, llm_request_key varchar, llm_prompt_version varchar);
create table enrich__incremental (
    message_id bigint, channel varchar, body varchar, llm_status varchar, llm_reason varchar, llm_request_key varchar,
    llm_prompt_version varchar);
create table enrich__table (
    message_id bigint, channel varchar, body varchar, has_pii boolean, pii_types varchar[], confidence double,
    llm_status varchar, llm_reason varchar, llm_request_key varchar, llm_prompt_version varchar);
create table enrich__every_schema_construct (
    message_id bigint, kind varchar, count bigint, version bigint, score double, level bigint, due_on date, seen_at timestamptz,
    address struct(city varchar, zip bigint), lines struct("name" varchar, tags varchar[])[],
    llm_status varchar, llm_reason varchar, llm_request_key varchar, llm_prompt_version varchar);
create table golden_messages (
    message_id bigint, channel varchar, body varchar, vector float[3], expected_has_pii boolean, expected_pii_types varchar,
    expected_answer varchar, expected_score double, expected_due_on date);
create table verdicts (
    request_key varchar, task varchar, column_name varchar, verdict varchar, correct_value varchar, reviewer varchar,
    reviewed_at timestamp);
create table golden__verdicts (
    task varchar, candidate varchar, model_name varchar, golden_key varchar, golden_source varchar, column_name varchar,
    kind varchar, expected varchar, answered varchar, is_correct boolean, deviation double, expected_size bigint,
    answered_size bigint, common_size bigint, llm_status varchar, llm_reason varchar, llm_request_key varchar,
    llm_prompt_version varchar);
create table dbt_llm__evaluation_rows (
    task varchar, golden varchar, candidate varchar, prompt_version varchar, model_name varchar, golden_key varchar,
    column_name varchar, expected varchar, is_correct boolean, request_key varchar, evaluated_at timestamp);
create table dbt_llm__filters (
    filter_version varchar, task varchar, model_name varchar, prompt_version varchar, label_column varchar, label_values varchar,
    embedding_model varchar, intercept double, coefficients double[], threshold double, stated_recall double,
    stated_confidence double, proven_recall double, trained_at timestamp);
create table dbt_llm__filter_audit (
    task varchar, filter_version varchar, request_key varchar, is_passed boolean, is_wanted boolean, invocation_id varchar,
    audited_at timestamp);
create table dbt_llm__review_sample (
    task varchar, request_key varchar, status varchar, input varchar, output varchar, responded_at timestamp,
    sampled_at timestamp);
create table dbt_llm__batches (batch_key varchar, sequence bigint, is_open boolean, task varchar);
create table dbt_llm__batch_requests (batch_key varchar, request_key varchar, recorded_at timestamp);
create table dbt_llm__responses (
    request_key varchar, task varchar, model_name varchar, prompt_version varchar, status varchar, completion varchar,
    error_class varchar, error_message varchar, input_tokens bigint, output_tokens bigint, cost_usd float, latency_ms bigint,
    attempt bigint, engine varchar, invocation_id varchar, responded_at timestamp, estimated_cost_usd float,
    finish_reason varchar, response_model varchar, batch_id varchar, requested_at timestamp, supersedes_attempt bigint
);
create table dbt_llm__embeddings (
    request_key varchar, model_name varchar, dimensions bigint, vector float[], invocation_id varchar, embedded_at timestamp);
create table dbt_llm__quarantine (task varchar, request_key varchar, reason varchar, attempt bigint);
create table dbt_llm__runs (
    task varchar, model_name varchar, prompt_version varchar, engine varchar, prompt_rows bigint, distinct_requests bigint,
    pending_requests bigint, left_requests bigint, calls bigint, cost_usd float, invocation_id varchar, started_at timestamp,
    endpoint varchar
);
create table dbt_llm__output_distribution (
    task varchar, invocation_id varchar, prompt_version varchar, model_name varchar, column_name varchar, statistic varchar,
    label varchar, value double, standard_deviation double, input_rows bigint, distinct_requests bigint, measured_at timestamp);
create function dbt_llm_complete(prompt, options) as null::varchar;
create function dbt_llm_probe(prompt, options) as null::varchar;
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of compiled SQL for each adapter, and the DuckDB file that it is checked on."""
    folder = tmp_path_factory.mktemp("golden")
    project = folder / "project"
    shutil.copytree(FOLDER / "project", project)
    (project / "packages.yml").write_text(f"packages:\n  - local: {ROOT}\n")
    (project / "dbt_packages").mkdir()
    (project / "dbt_packages" / "dbt_llm").symlink_to(ROOT)
    database = folder / "golden.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(TABLES)
    folders = {"database": database}
    for adapter in ADAPTERS:
        command = ["compile", "--target", adapter, "--target-path", f"target-{adapter}", "--quiet"]
        if adapter in WAREHOUSES:
            command += ["--no-populate-cache", "--no-introspect", "--exclude", ASKS_THE_DATABASE]
        environment = {**os.environ, "DBT_PROFILES_DIR": str(project), "DBT_LLM_GOLDEN_DUCKDB": str(database)}
        output = folder / f"{adapter}.txt"
        process = dbt_process.start(command, project, environment, output)
        process.join()
        assert process.exitcode == 0, output.read_text()
        folders[adapter] = project / f"target-{adapter}" / "compiled"
    return folders


def sql(folder: Path, model: str) -> str:
    """The compiled SQL of a model, wherever dbt put it."""
    [path] = folder.rglob(f"{model}.sql")
    return path.read_text().strip() + "\n"


@pytest.mark.parametrize(("adapter", "model"), GOLDEN)
def test_golden(adapter: str, model: str, compiled: dict[str, Path]) -> None:
    rendered = sql(compiled[adapter], model)
    golden = FOLDER / adapter / f"{model}.sql"
    if REWRITE:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(rendered)
    assert golden.exists(), f"No golden file {golden.name}. Run `make golden` and read what it wrote."
    assert rendered == golden.read_text(), f"{golden.name} differs. Run `make golden` and read the difference."


@pytest.mark.parametrize("model", [model for adapter, model in GOLDEN if adapter == "duckdb"])
def test_duckdb_binds_it(model: str, compiled: dict[str, Path]) -> None:
    with duckdb.connect(str(compiled["database"]), read_only=True) as connection:
        connection.execute("explain " + sql(compiled["duckdb"], model))


@pytest.mark.parametrize(("adapter", "model"), GOLDEN)
def test_sqlglot_parses_it(adapter: str, model: str, compiled: dict[str, Path]) -> None:
    statements = sqlglot.parse(sql(compiled[adapter], model), dialect=adapter)
    assert len(statements) == 1


def test_every_golden_file_has_its_model() -> None:
    for adapter in ADAPTERS:
        expected = [model for golden_adapter, model in GOLDEN if golden_adapter == adapter]
        assert sorted(path.stem for path in (FOLDER / adapter).glob("*.sql")) == expected

"""The gate cost_below where a platform tells no tokens, as Databricks' ai_query: its golden SQL, run on DuckDB."""

from pathlib import Path

import duckdb
import pytest

from tests.support.package_tables import create_tables

GATE = (Path(__file__).parents[1] / "golden" / "duckdb" / "gate__cost_below.sql").read_text()
"""Of the task enrich__table: at most 20 USD in its latest day."""
ANSWERED = "('a', 'succeeded', null, 0.02)"
DEAR = "('d', 'succeeded', null, 20.5)"
FAILED = "('b', 'failed', 'throttled', null)"
UNPRICED = "('c', 'succeeded', null, null)"
UNKNOWN = "and what 1 runs cost is not known, as the endpoint has no prices or no request was answered"


@pytest.mark.parametrize(
    ("responses", "said"),
    [
        ([ANSWERED], None),
        ([ANSWERED, FAILED], None),
        ([DEAR], "cost 20.5 USD, of which at most 20 was to be paid (partly an estimate, as the platform tells no tokens)"),
        ([UNPRICED], UNKNOWN),
        ([FAILED], UNKNOWN),
    ],
)
def test_an_estimate_passes_and_what_nobody_can_tell_does_not(responses: list[str], said: str | None) -> None:
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as golden; use golden")
        create_tables(connection, ["dbt_llm__responses", "dbt_llm__runs"])
        run = "'enrich__table', 'i', 3, null, now()"
        connection.execute(f"insert into dbt_llm__runs (task, invocation_id, calls, cost_usd, started_at) select {run}")
        rows = ", ".join(responses)
        connection.execute(f"insert into dbt_llm__responses (request_key, status, error_class, estimated_cost_usd) values {rows}")
        connection.execute("update dbt_llm__responses set invocation_id = 'i', task = 'enrich__table'")
        messages = [row[-1] for row in connection.execute(GATE).fetchall()]
        assert [said is not None and said in message for message in messages] == ([] if said is None else [True]), messages

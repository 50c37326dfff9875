"""Listing batch jobs, giving one up and handing one on, by dbt; and what a SQL task knows of any of it: nothing."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import duckdb

from dbt_llm.engines.batch.ledger import COLLECTED, SUBMITTED, Job, Ledger
from dbt_llm.warehouses.duckdb import DuckDbWarehouse
from tests.support.batch_task import RELATIONS
from tests.support.project import Project

AT = datetime(2026, 11, 25, 12, 30, tzinfo=timezone.utc)


def job(key: str, **values: Any) -> Job:
    return Job(**{
        "batch_key": key, "task": "pii_risk", "endpoint": "fast", "provider": "openai", "model_name": "test-model",
        "requests": 3, "estimated_input_tokens": 30, "intended_at": AT, "recorded_at": AT, **values,
    })  # fmt: skip


def test_jobs_are_listed_given_up_and_handed_on(project: Project) -> None:
    with duckdb.connect(str(project.database)) as connection:
        ledger = Ledger(DuckDbWarehouse(connection), RELATIONS, "run-1")
        requests = [{"batch_key": "aa", "custom_id": "one", "request_key": "k1", "attempt": 0, "prompt": None, "recorded_at": AT}]
        ledger.record(ledger.intend(job("aa"), requests), SUBMITTED, AT, batch_id="batch_1")
        ledger.intend(job("bb", task="other"), [])
        done = ledger.intend(job("cc", intended_at=AT - timedelta(days=2)), [])
        ledger.record(done, COLLECTED, AT, batch_id="batch_0", succeeded_requests=2, failed_requests=1, cost_usd=0.125)

    listed = project.dbt("run-operation", "dbt_llm.batches", "--args", "{task: pii_risk}")
    assert listed.ok, listed.output
    assert "2 batch jobs of pii_risk" in listed.output
    assert "pii_risk: collected, 3 requests (2 succeeded, 1 failed), since 2026-11-23 12:30 UTC, openai batch_0" in listed.output
    assert "0.125 USD" in listed.output
    assert "pii_risk: submitted, 3 requests, since 2026-11-25 12:30 UTC, openai batch_1, test-model, key aa" in listed.output
    assert "bb" not in listed.output.replace("dbb", "")

    assert project.dbt("run-operation", "dbt_llm.close_batch", "--args", "{batch_key: bb, hand_to: pii_risk}").ok
    assert project.dbt("run-operation", "dbt_llm.close_batch", "--args", "{batch_key: aa}").ok
    refused = project.dbt("run-operation", "dbt_llm.close_batch", "--args", "{batch_key: cc}")
    assert not refused.ok and "no open batch job" in refused.output
    with duckdb.connect(str(project.database)) as connection:
        ledger = Ledger(DuckDbWarehouse(connection), RELATIONS, "run-2")
        assert [(found.batch_key, found.task, found.state) for found in ledger.open_jobs()] == [("bb", "pii_risk", "intended")]
        closed = ledger.latest("aa")
        assert closed is not None
        assert (closed.state, closed.batch_id, closed.requests, closed.sequence) == ("given_up", "batch_1", 3, 3)

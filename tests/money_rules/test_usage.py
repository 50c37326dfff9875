"""The bill: dbt_llm__usage_daily agrees with what the endpoint counted, and says what cache and deduplication spared."""

from pathlib import Path

import duckdb
import pytest

from dbt_llm.testing import ChatRequest, Reply, Server
from tests.money_rules.test_chunks import MACROS, Chunked
from tests.support.project import Project

PRICES = {"input_usd_per_million_tokens": 0, "output_usd_per_million_tokens": 1_000_000}
"""A dollar for a token of output."""
USAGE = (
    "select runs, prompt_rows, cache_hits, deduplicated_rows, left_requests, requests, succeeded_requests, failed_requests,"
    " cost_usd, saved_usd, would_have_paid_usd, latency_p50_ms, latency_p95_ms, engine, prompt_version"
    " from dbt_llm__usage_daily where task = 'pii_risk'"
)


def test_the_bill_of_a_day(tmp_path: Path) -> None:
    def answer(request: ChatRequest) -> str | Reply:
        return Reply("no", status=400) if "bad" in request.prompt else '{"has_pii": false, "pii_types": [], "confidence": 1}'

    with Server(answer) as server:
        project = Project(tmp_path / "project", server.base_url, **PRICES)
        # 100 rows: 10 without a text, 90 over 45 distinct ones, of which one is refused as wrong.
        texts = ["bad" if i % 50 == 1 else f"message {i % 50}" for i in range(100)]
        project.messages([(i, None if i % 10 == 0 else texts[i]) for i in range(100)])
        project.run_tasks()
        [(*found, cost, saved, would, p50, p95, engine, _)] = project.query(USAGE)
        each = 13
        assert found == [1, 90, 0, 45, 0, 45, 44, 1]
        assert (cost, saved, would) == (44 * each, 45 * each, 89 * each)
        assert 0 < p50 <= p95
        assert engine == "duckdb"
        assert project.query("select sum(invalid_request_requests), sum(refused_requests) from dbt_llm__usage_daily") == [(1, 0)]
        # A second run pays nothing, and would have paid all of it again.
        project.run_tasks()
        [(*found, cost, saved, would, _, _, _, _)] = project.query(USAGE)
        assert found == [2, 180, 45, 90, 0, 45, 44, 1]
        assert (cost, saved, would) == (44 * each, 135 * each, 179 * each)
        assert server.counters.calls == 45
        # Sums over the view are those of the tables: nothing is counted twice.
        assert project.query("select sum(requests), sum(cost_usd) from dbt_llm__usage_daily") == project.query(
            "select count(*), sum(cost_usd) from dbt_llm__responses"
        )
        with duckdb.connect(str(project.database)) as connection:
            connection.execute("update dbt_llm__responses set responded_at = responded_at - interval 1 day")
        days = project.query("select usage_date, requests, runs, saved_usd from dbt_llm__usage_daily order by 1")
        assert [day[1:] for day in days] == [(45, 0, 0), (0, 2, 135 * each)]
        assert (days[1][0] - days[0][0]).days == 1


def test_without_a_price_the_bill_has_no_dollars_and_a_requeue_is_no_call(project: Project, server: Server) -> None:
    project.run_tasks()
    assert project.query("select requests, cost_usd, saved_usd, would_have_paid_usd from dbt_llm__usage_daily") == [
        (15, None, None, None)
    ]
    with duckdb.connect(str(project.database)) as connection:
        connection.execute("insert into dbt_llm__responses by name select 'k' as request_key, 'failed' as status,"
                           " 'requeued' as error_class, timezone('UTC', now()) as responded_at")  # fmt: skip
    assert project.query("select sum(requests) from dbt_llm__usage_daily") == [(15,)]


def test_a_warehouse_without_tokens_is_billed_by_estimate(tmp_path: Path, server: Server) -> None:
    chunked = Chunked(tmp_path / "project", server.base_url, **PRICES)
    chunked.write_macros(MACROS.replace("10 as input_tokens, 5 as", "null::bigint as input_tokens, null::bigint as"))
    chunked.messages([(i, f"message {i}") for i in range(10)])
    chunked.run_tasks()
    [(cost, tokens, completions)] = chunked.query(
        "select u.cost_usd, u.output_tokens, (select sum(strlen(completion)) from dbt_llm__responses) from dbt_llm__usage_daily u"
    )
    assert tokens is None
    assert cost == pytest.approx(completions / 4)


def test_actuals_are_there_where_they_are_wanted_and_empty_on_duckdb(project: Project, server: Server) -> None:
    project.run("--select", "package:dbt_llm")
    assert project.query("select count(*) from information_schema.tables where table_name = 'dbt_llm__actuals'") == [(0,)]
    project.write_project(dbt_llm_actuals={"usd_per_ai_credit": 2.2})
    project.run("--select", "package:dbt_llm")
    assert project.query("select * from dbt_llm__actuals") == []
    project.write_project(dbt_llm_actuals={"usd_per_credit": 2.2})
    result = project.dbt("run", "--select", "package:dbt_llm")
    assert not result.ok and "unknown key 'usd_per_credit'" in " ".join(result.output.split())
    project.write_project(dbt_llm_actuals={"billing_export": "gcp_billing_export_v1_0", "usd_per_credit": 2.2})
    result = project.dbt("run", "--select", "package:dbt_llm")
    assert not result.ok and "has 2 faults" in result.output
    said = "billing_export: not the name of a table. Expected project.dataset.table, in no quotes; got 'gcp_billing_export_v1_0'"
    assert said in " ".join(result.output.split())
    assert server.counters.calls == 0

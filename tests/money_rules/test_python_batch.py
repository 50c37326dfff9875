"""`engine: batch` and `engine: auto` in dbt: submitted in one run, collected in a later one, one model file."""

import json
import re
from typing import Any

import duckdb
import pytest

from dbt_llm.testing import ChatRequest, Server
from tests.support.batch_clients import needs_client
from tests.support.project import PII, Project
from tests.support.python_project import python_task

needs_client("openai")
PROVIDERS = ("openai", "anthropic", "gemini", "mistral")
PRICES = {"input_usd_per_million_tokens": 1.0, "output_usd_per_million_tokens": 4.0}


def entry(server: Server, provider: str, **more: Any) -> dict[str, Any]:
    return {
        "provider": provider,
        "model_name": "test-model",
        "base_url": server.url(provider),  # type: ignore[arg-type]
        "api_key_env": "DBT_LLM_TEST_KEY",
        **more,
    }


def declare(project: Project, **entries: dict[str, Any]) -> None:
    """The endpoint `fast` with these entries beside the adapter's own."""
    project.write_project(dbt_llm_endpoints={"fast": {"duckdb": project.endpoint, **entries}})


def run(project: Project, *arguments: str) -> str:
    return project.run("--select", "pii_in_batch", *arguments).output


def answer(request: ChatRequest) -> str:
    """The same for the same prompt, whatever the provider's dialect of JSON Schema."""
    size = len(request.prompt)
    return json.dumps({"has_pii": size % 2 == 0, "pii_types": ["email"], "confidence": size % 10 / 10})


# The clients of all are asked by units; a whole run by one shows that dbt carries it.
@pytest.mark.parametrize(
    "provider", ["openai", *(pytest.param(other, marks=pytest.mark.long) for other in PROVIDERS if other != "openai")]
)
def test_submitted_in_one_run_and_collected_in_a_later_one(provider: str, project: Project, server: Server) -> None:
    server.answer = answer
    project.messages([(i, f"message {'x' * (i % 15)}") for i in range(20)])
    python_task(project, "pii_in_batch", engine="batch")
    declare(project, batch=entry(server, provider, **PRICES))
    said = run(project)
    assert project.statuses("pii_in_batch") == {("pending", "batch:submitted"): 20}, said
    assert server.counters.submitted_in_batches == 15 and server.counters.calls == 0
    # Still running: nothing is submitted again, and the rows say where they are.
    run(project)
    assert server.counters.submitted_in_batches == 15
    assert {status for status, _ in project.statuses("pii_in_batch")} == {"pending"}
    server.batches.finish()
    run(project)
    assert project.statuses("pii_in_batch") == {("succeeded", None): 20}
    assert server.counters.submitted_in_batches == server.counters.answered_in_batches == 15
    [(rows, distinct, engines, with_batch)] = project.query(
        "select count(*), count(distinct request_key), string_agg(distinct engine), count(batch_id) from dbt_llm__responses"
    )
    assert (rows, distinct, engines, with_batch) == (15, 15, "batch", 15)
    [(cost, tokens_in, tokens_out)] = project.query(
        "select sum(cost_usd), sum(input_tokens), sum(output_tokens) from dbt_llm__responses"
    )
    assert cost == pytest.approx((tokens_in * 1.0 + tokens_out * 4.0) / 1e6 / 2), "a batch costs half"
    # The SQL task over the same input finds every answer.
    project.run("--select", "pii_risk")
    assert server.counters.calls == 0
    columns = "message_id, has_pii, pii_types, confidence, llm_status, llm_request_key"
    rows_of = [project.query(f"select {columns} from {table} order by 1") for table in ("pii_in_batch", "pii_risk")]
    assert rows_of[0] == rows_of[1]


def test_the_same_answers_give_the_same_table_by_each_road(project: Project, server: Server, tmp_path: Any) -> None:
    """SQL, async and batch, each on a database of its own, from the same answers."""
    server.answer = answer
    found = []
    for road in ("sql", "async", "batch"):
        made = Project(tmp_path / road, server.base_url)
        made.messages([(i, f"message {'y' * (i % 7)}") for i in range(12)] + [(99, None)])
        if road == "sql":
            made.run_tasks()
            table = "pii_risk"
        else:
            table = "pii_in_batch"
            python_task(made, table, engine=road)
            declare(made, **{road: entry(server, "openai")})
            run(made)
            server.batches.finish()
            run(made)
        found.append(made.query(f"select * from {table} order by message_id"))
    assert found[0] == found[1] == found[2]
    assert {row[-4] for row in found[0]} == {"succeeded", "skipped"}


def test_empty_cache_only_and_other_commands_submit_nothing(project: Project, server: Server) -> None:
    python_task(project, "pii_in_batch", engine="batch")
    declare(project, batch=entry(server, "openai"))
    run(project, "--empty")
    project.run("--select", "pii_in_batch", DBT_LLM_MODE="cache_only")
    for command in ("parse", "compile", "ls", "test"):
        assert project.dbt(command).ok
    assert server.counters.submitted_in_batches == 0
    run(project)
    assert server.counters.submitted_in_batches == 15
    server.batches.finish()
    # What is there already may be collected: it is paid for.
    project.run("--select", "pii_in_batch", DBT_LLM_MODE="cache_only")
    assert project.statuses("pii_in_batch") == {("succeeded", None): 20}


def test_async_does_not_ask_again_what_is_in_a_batch(project: Project, server: Server) -> None:
    python_task(project, "pii_in_batch", engine="batch")
    declare(project, batch=entry(server, "openai"))
    run(project)
    python_task(project, "pii_in_batch", engine="async")
    run(project)
    assert server.counters.calls == 0 and server.counters.submitted_in_batches == 15
    server.batches.finish()
    run(project)
    assert server.counters.calls == 0
    assert project.statuses("pii_in_batch") == {("succeeded", None): 20}


@pytest.mark.parametrize(
    ("deadline", "engine", "words"),
    [("24h", "batch", "as a batch, and 24 h are allowed"), ("90m", "async", "a batch may take 24 h, and 90 min are allowed")],
)
def test_auto_takes_the_cheaper_that_is_in_time(deadline: str, engine: str, words: str, project: Project, server: Server) -> None:
    python_task(project, "pii_in_batch", {**PII, "deadline": deadline}, engine="auto")
    dear = {"input_usd_per_million_tokens": 100.0, "output_usd_per_million_tokens": 400.0}
    declare(project, batch=entry(server, "openai", **dear))
    output = run(project)
    assert f"engine auto takes {engine} for 15 requests" in output and words in output
    assert (server.counters.submitted_in_batches, server.counters.calls) == ((15, 0) if engine == "batch" else (0, 15))
    server.batches.finish()
    run(project)
    assert project.statuses("pii_in_batch") == {("succeeded", None): 20}
    assert project.query("select distinct engine from dbt_llm__responses") == [(engine,)]


def test_auto_takes_the_flex_tier(project: Project, server: Server) -> None:
    python_task(project, "pii_in_batch", PII, engine="auto")
    prices = {"input_usd_per_million_tokens": 100.0, "output_usd_per_million_tokens": 400.0}
    declare(project, batch=entry(server, "openai", flex_discount=0.5, **prices))
    assert "engine auto takes flex for 15 requests" in run(project)
    assert (server.counters.submitted_in_batches, server.counters.calls) == (0, 15)
    assert {body["service_tier"] for body in server.counters.bodies} == {"flex"}
    [(input_tokens, output_tokens, cost)] = project.query(
        "select sum(input_tokens), sum(output_tokens), sum(cost_usd) from dbt_llm__responses"
    )
    assert float(cost) == pytest.approx((50 * input_tokens + 200 * output_tokens) / 1e6)
    # The tier is none of the key's: another engine finds the answers.
    python_task(project, "pii_in_batch", PII, engine="async")
    run(project)
    assert server.counters.calls == 15


def test_auto_wants_one_model(project: Project, server: Server) -> None:
    python_task(project, "pii_in_batch", engine="auto")
    declare(project, batch=entry(server, "openai"), **{"async": {**entry(server, "openai"), "model_name": "another"}})
    result = project.dbt("run", "--select", "pii_in_batch")
    assert not result.ok and "names two language models" in result.output
    assert server.counters.calls == server.counters.submitted_in_batches == 0


def test_a_budget_holds_over_jobs_that_are_not_collected(project: Project, server: Server) -> None:
    """What is in a job is set aside until its answers are there, in any number of runs."""
    python_task(project, "pii_in_batch", engine="batch")
    project.write_project(
        dbt_llm_endpoints={"fast": {"batch": entry(server, "openai")}}, dbt_llm_budgets={"day": {"requests": 6}}
    )
    assert "budget:day.requests" in run(project)
    assert server.counters.submitted_in_batches == 6
    run(project)
    assert server.counters.submitted_in_batches == 6
    server.batches.finish()
    run(project)
    assert server.counters.submitted_in_batches == server.counters.answered_in_batches == 6
    assert project.query("select count(*) from dbt_llm__responses") == [(6,)]
    project.write_project(
        dbt_llm_endpoints={"fast": {"batch": entry(server, "openai")}}, dbt_llm_budgets={"day": {"requests": 11}}
    )
    run(project)
    assert server.counters.submitted_in_batches == 11


def test_a_list_price_is_discounted_once(project: Project, server: Server) -> None:
    """The list has what live calls cost; the batch engine takes its half off, and nothing else does."""
    server.answer = answer
    python_task(project, "pii_in_batch", engine="batch")
    listed = {"model_name": "test-model", **PRICES}
    project.write_project(dbt_llm_endpoints={"fast": {"batch": entry(server, "openai")}}, dbt_llm_prices=[listed])
    run(project)
    server.batches.finish()
    run(project)
    [(cost, tokens_in, tokens_out)] = project.query(
        "select sum(cost_usd), sum(input_tokens), sum(output_tokens) from dbt_llm__responses"
    )
    assert cost == pytest.approx((tokens_in * 1.0 + tokens_out * 4.0) / 1e6 / 2)


def test_a_task_in_sql_leaves_what_is_in_a_job_and_a_renamed_one_says_so(project: Project, server: Server) -> None:
    project.messages([(i, f"message {i % 15}") for i in range(20)])
    python_task(project, "pii_in_batch", engine="batch")
    declare(project, batch=entry(server, "openai", **PRICES))
    assert "15 requests: 15 paid, 0 cached" in run(project)
    assert "15 requests: 0 paid, 0 cached, 15 in a batch job; nothing was sent" in run(project)
    with duckdb.connect(str(project.database)) as connection:
        connection.execute("insert into messages values (20, 'another')")
    for task in ("pii_risk", "pii_in_batch"):
        planned = project.dbt("run-operation", "dbt_llm.plan", "--args", f"{{task: {task}}}").output
        assert re.search(r"in a batch job +15 .*to pay +1\n", planned, re.DOTALL), planned
    # In SQL the same prompts are the same requests: what is in the job is left to it, and what is not is asked.
    said = project.run("--select", "pii_risk").output
    assert server.counters.calls == 1 and server.counters.submitted_in_batches == 15
    assert (
        "15 requests stay pending (batch), 1 were answered" in said
        and "15 are in a batch job of 'pii_in_batch', whose next run" in said
    )
    assert "1 valid, 0 quarantined, 20 pending; 16 requests: 1 paid, 0 cached, 15 in a batch job; " in said
    said = project.run("--select", "pii_risk").output
    assert server.counters.calls == 1 and "16 requests: 0 paid, 1 cached, 15 in a batch job; nothing was sent" in said
    # Under another name nobody would collect it.
    for path in project.models.glob("pii_in_batch.*"):
        path.rename(path.with_stem("pii_renamed"))
    declared = (project.models / "pii_renamed.yml").read_text()
    (project.models / "pii_renamed.yml").write_text(declared.replace("pii_in_batch", "pii_renamed"))
    for task in ("pii_renamed", "pii_risk"):
        said = " ".join(project.run("--select", task).output.split())
        assert "15 are in a batch job of 'pii_in_batch', which is no task here: no run collects them. Hand the job on" in said, (
            said
        )
    assert server.counters.calls == 1 and server.counters.submitted_in_batches == 15

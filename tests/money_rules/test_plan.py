"""What a run would pay, said before it: by the run's own SQL, and for nothing."""

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from dbt_llm.macros import Macros as Rendered
from dbt_llm.testing import Faults, Server
from dbt_llm.testing.answers import PRESETS
from tests.integration.project import IntegrationProject, World
from tests.support.macros import Macros
from tests.support.project import PII, Project
from tests.support.python_project import python_task

PRICES = {"input_usd_per_million_tokens": 0.15, "output_usd_per_million_tokens": 0.60}
OPENAI = {"model_name": "gpt-4o-mini", "base_url": "https://api.openai.com/v1", "api_key_env": "OPENAI_API_KEY"}


def plan(project: Project, **arguments: Any) -> str:
    """The lines of a plan, without dbt's clock."""
    result = project.dbt("run-operation", "dbt_llm.plan", "--args", yaml.safe_dump({"task": "pii_risk", **arguments}))
    assert result.ok, result.output
    text = "\n".join(line[10:] for line in result.output.splitlines())
    return text[text.index("dbt_llm.plan: pii_risk over") :]


def number(text: str, row: str) -> int:
    [found] = re.findall(rf"^  {row} +([\d,]+)", text, re.MULTILINE)
    return int(found.replace(",", ""))


def counts(text: str) -> list[int]:
    return [number(text, row) for row in ("rows", "without a prompt", "distinct requests", "settled already", "to pay")]


def test_a_plan_counts_what_the_run_then_pays_and_spends_nothing(tmp_path: Path, server: Server) -> None:
    project = Project(tmp_path / "project", server.base_url, is_new=True, **PRICES)
    project.messages([(i, f"message {i % 50}" if i % 10 else None) for i in range(100)])
    result = project.dbt("run-operation", "dbt_llm.plan", "--args", "{task: pii_risk}")
    assert not result.ok and "dbt run --select package:dbt_llm" in " ".join(result.output.split())
    project.run("--select", "package:dbt_llm")
    first = plan(project)
    assert counts(first) == [100, 10, 45, 0, 45]
    assert server.counters.calls == 0
    assert project.query("select count(*) from dbt_llm__runs") == [(0,)]
    assert "UTF-8 bytes / 4" in first and "the response format" in first
    assert ">  async API" in first and "Recommended: its answers come at once" in first
    project.write_project(dbt_llm_budgets={"day": {"requests": 10}})
    project.task("pii_risk", {**PII, "limits": {"requests": 40}})
    assert "limit requests 40: a run stops there, and 88 % of it is answered" in plan(project)
    assert "budget day.requests 10: 0.0 spent; does not fit, the rest stays pending" in plan(project)
    project.write_project()
    project.run("--select", "pii_risk")
    assert server.counters.calls == 40
    second = plan(project)
    assert counts(second) == [100, 10, 45, 40, 5]
    assert "40 answers of this task" in second
    project.run("--select", "pii_risk")
    assert server.counters.calls == 45
    assert "nothing is to pay" in plan(project)
    # Another prompt is another request; the answers to the old one still tell how long answers are.
    project.task("pii_risk", {**PII, "prompt": "Any personal data? {body}"})
    edited = plan(project)
    assert counts(edited) == [100, 10, 45, 0, 45]
    assert "45 answers of this task's other versions" in edited
    # Of another task, the valid rows and without its columns.
    project.task(
        "second",
        {**PII, "response_format": {"mood": {"type": "string"}}},
        sql="{{ dbt_llm.enrich(dbt_llm.valid(ref('pii_risk'))) }}",
    )
    chained = project.dbt("run-operation", "dbt_llm.plan", "--args", "{task: second}").output
    assert (
        'dbt_llm.plan: second over "warehouse"."main"."pii_risk"' in chained
        and number("\n".join(line[10:] for line in chained.splitlines()), "rows") == 90
    )
    # A source that dbt-duckdb reads from a file.
    file = project.folder / "messages.parquet"
    with duckdb.connect(str(project.database)) as connection:
        connection.execute(f"copy messages to '{file}'")
        connection.execute("drop table messages")
    declared = {"name": "raw", "tables": [{"name": "messages", "config": {"meta": {"external_location": str(file)}}}]}
    (project.models / "sources.yml").write_text(yaml.safe_dump({"sources": [declared]}))
    assert counts(plan(project)) == [100, 10, 45, 0, 45]
    assert server.counters.calls == 45


@pytest.mark.long
def test_estimates_are_within_15_percent_on_the_example(tmp_path: Path) -> None:
    """Cold for the first half of the requests, then by their answers; both kept in dbt_llm__runs."""
    with Server(PRESETS["demo"].answer, Faults()) as server:
        world = World("duckdb", server, {"type": "duckdb", "threads": 4, "plugins": [{"module": "dbt_llm.duckdb"}]})
        project = IntegrationProject(tmp_path / "example", world, "dbt_llm_example", "examples/support_messages")
        path = project.folder / "models" / "models.yml"
        text = path.read_text()
        path.write_text(text.replace("limits: {requests: 5000, cost_usd: 1}", "limits: {requests: 400}"))
        assert path.read_text() != text
        project.run("seed")
        project.run("run", "--select", "package:dbt_llm", "stg_support_messages")
        project.run("run-operation", "dbt_llm.plan", "--args", "{task: pii_risk, hours: 2}")
        assert server.counters.calls == 0
        project.run("run", "--select", "pii_risk", "message_topic")
        project.run("run", "--select", "pii_risk", "message_topic")
        found = project.rows(
            "select task, pending_requests, sent_requests, estimated_input_tokens, estimated_output_tokens, estimated_cost_usd,"
            " input_tokens, output_tokens, cost_usd from dbt_llm__runs order by started_at"
        )
    assert len(found) == 4
    for run in found:
        share = run["sent_requests"] / run["pending_requests"]
        for of in ("input_tokens", "output_tokens", "cost_usd"):
            estimate = run[f"estimated_{of}"] * share
            # The first run of a task knows nothing of its completions but their schema.
            off = abs(estimate / run[of] - 1)
            print(run["task"], of, round(estimate, 4), run[of], round(off, 3))
            assert off <= 0.15, (run["task"], of, estimate, run[of])


def test_a_hosted_model_has_a_batch_api_and_the_choice_depends_on_the_time(project: Project, server: Server) -> None:
    project.endpoint.clear()
    project.endpoint.update(OPENAI)
    project.write_project()
    text = plan(project, hours=2)
    assert re.search(r">  async API +gpt-4o-mini", text)
    assert "wanted within 2 hours" in text
    text = plan(project, hours=24)
    assert re.search(r">  Batch API +gpt-4o-mini", text)
    costs = dict(re.findall(r"^  [> ]  (async API|Batch API) +gpt-4o-mini +([\d.]+)", text, re.MULTILINE))
    assert float(costs["Batch API"]) == pytest.approx(float(costs["async API"]) / 2, abs=1e-4)
    result = project.dbt("run-operation", "dbt_llm.plan", "--args", "{task: pii_rsk, hours: 0}")
    assert not result.ok and "hours: not a number" in result.output
    result = project.dbt("run-operation", "dbt_llm.plan", "--args", "{task: pii_rsk}")
    assert not result.ok and "Did you mean 'pii_risk'?" in " ".join(result.output.split())
    assert server.counters.calls == 0


def test_inputs_and_python_models(project: Project, server: Server) -> None:
    project.write_model("stg_messages", "select * from {{ source('raw', 'messages') }}")
    project.write_model("other", "select 1 as one")
    project.task("pii_risk", PII, sql="-- depends_on: {{ ref('other') }}\n{{ dbt_llm.enrich(ref('stg_messages')) }}")
    result = project.dbt("run-operation", "dbt_llm.plan", "--args", "{task: pii_risk}")
    assert not result.ok and "Run `dbt build --select +stg_messages` first" in " ".join(result.output.split())
    project.run("--select", "stg_messages")
    assert counts(plan(project)) == [20, 0, 15, 0, 15]
    assert counts(plan(project, input="stg_messages")) == [20, 0, 15, 0, 15]
    python_task(project, "pii_risk")
    assert counts(plan(project)) == [20, 0, 15, 0, 15]
    assert server.counters.calls == 0


@pytest.mark.parametrize(
    ("places", "requests", "hours", "kind", "word"),
    [
        ([("warehouse", 10, None)], 1000, None, "warehouse", "time a run"),
        ([("warehouse", 10, 100), ("api", 10, 100)], 1000, None, "warehouse", "needs nothing else"),
        # A warehouse that would be too late.
        ([("warehouse", 10, 9e9), ("api", 10, 100)], 1000, 2, "api", "within 2 hours"),
        ([("api", 100, 10), ("batch", 50, 86400)], 1000, None, "batch", "saves 50.00 USD"),
        ([("api", 1, 10), ("batch", 0.5, 86400)], 1000, None, "api", "not worth a day"),
        ([("api", 1, 10), ("batch", 0.5, 86400)], 1000, 48, "batch", "48 hours"),
        ([("own", None, 10)], 1000, None, "api", "a server of your own"),
        ([("own", None, 10)], 20_000_000, None, "ray", "ten million"),
        ([("api", 1, 10)], 0, None, None, "nothing is to pay"),
    ],
)
def test_the_choice(places: list[Any], requests: int, hours: float | None, kind: str | None, word: str, macros: Macros) -> None:
    made = [
        {
            "kind": "api" if name == "own" else name,
            "usd": usd,
            "seconds": seconds,
            "is_declared": True,
            "is_self_hosted": name == "own",
        }
        for name, usd, seconds in places
    ]
    choice = macros.call("_recommended_place", places=made, requests=requests, hours=hours)
    assert choice["kind"] == kind
    assert word in choice["reason"]
    assert choice["reason"].count(". ") <= 1


def test_numbers_for_a_reader(macros: Macros) -> None:
    assert [macros.call("_format_number", number=n) for n in (0, 12, 999, 1000, 1234567)] == [
        "0",
        "12",
        "999",
        "1,000",
        "1,234,567",
    ]
    assert [macros.call("_format_usd", amount=a) for a in (None, 0, 0.00001, 0.0123, 0.1, 12.346, 1234.5)] == [
        "?", "0.00", "< 0.0001", "0.0123", "0.10", "12.35", "1,234.50",
    ]  # fmt: skip
    assert [macros.call("_format_duration", seconds=s) for s in (None, 0.2, 90, 600, 9000, 400000)] == [
        "?", "1 s", "90 s", "10 min", "2.5 h", "5 days",
    ]  # fmt: skip


def test_a_plan_needs_no_engine_and_the_mode_does_not_matter(project: Project, server: Server) -> None:
    project.write_profile()
    text = project.dbt("run-operation", "dbt_llm.plan", "--args", "{task: pii_risk}", DBT_LLM_MODE="cache_only")
    assert text.ok and "to pay" in text.output
    assert server.counters.calls == 0


def test_places_of_other_targets_are_shown_too() -> None:
    """On a warehouse, the endpoint's API is one of the places, though its entry stands for another target."""
    fast = {
        "elsewhere": OPENAI,
        "duckdb": {"model_name": "llama3.3-70b"},
        "batch": {"model_name": "gpt-4o-mini", "provider": "openai"},
    }
    kinds = [place["kind"] for place in places_of(fast)]
    assert kinds == ["warehouse", "api", "batch", "spark", "ray"]


@pytest.mark.parametrize("kind", ["spark", "ray"])
def test_what_an_entry_of_a_cluster_states_is_reckoned_with(kind: str) -> None:
    """Nor is its server an API of its own."""
    stated = {
        "model_name": "own-8B",
        "tokens_per_second": 2_000,
        "usd_per_hour": 3.6,
        "replicas": 5,
        "base_url": "http://localhost",
    }
    places = places_of({"async": {"model_name": "gpt-4o-mini", "provider": "openai"}, kind: stated})
    assert [place["kind"] for place in places].count("api") == 1
    [own] = [place for place in places if place["kind"] == kind]
    assert (own["model_name"], own["is_declared"], own["seconds"]) == ("own-8B", True, 110)
    assert own["usd"] == pytest.approx(110 / 3600 * 3.6 * 5)


def places_of(fast: dict[str, Any]) -> list[dict[str, Any]]:
    names = {"var": lambda name, default=None: {"fast": fast} if name == "dbt_llm_endpoints" else default}
    rendered = Rendered("duckdb", names, {"_past_rate": lambda _: None})
    estimate = {"input_tokens": 1_000_000, "output_tokens": 100_000}
    accelerator = {
        "name": "H100",
        "model_name": "8B",
        "gpus": 1,
        "usd_per_hour": 8,
        "tokens_per_second": 1000,
        "spark_share": 0.1,
    }
    places: list[dict[str, Any]] = rendered.call(
        "_plan_places", {"endpoint_name": "fast"}, 1000, estimate, accelerator=accelerator
    )
    return places

"""What holds for `engine: async` holds for the engine `spark`: what spends nothing, limits, budgets, requeue, golden sets."""

import yaml

from tests.spark.project import TASK, SparkProject
from tests.support.project import PII

GOLDEN = f"""
{{{{ config(materialized='table') }}}}
-- depends_on: {{{{ ref('{TASK}') }}}}
{{{{ dbt_llm.golden(source('labels', 'golden_set'), task='{TASK}', columns=['has_pii']) }}}}
"""


def test_empty_sample_and_cache_only_ask_nothing(on_spark: SparkProject) -> None:
    on_spark.run("--empty")
    assert on_spark.project.query(f"select count(*) from {TASK}") == [(0,)]
    assert "15 requests stay pending" in on_spark.run("--sample", "1 day")
    on_spark.run(DBT_LLM_MODE="cache_only")
    assert on_spark.seen() == [] and on_spark.staged() == []
    assert on_spark.statuses() == {("pending", "not_requested"): 20, ("skipped", "null_prompt"): 1}


def test_limits_budgets_requeue_and_golden_sets(on_spark: SparkProject) -> None:
    budget = {"dbt_llm_budgets": {"day": {"requests": 8}}}
    on_spark.script(malformed=["message 14</message>"])
    on_spark.write({**PII, "limits": {"requests": 4}}, budget)
    assert "11 requests stay pending (limit:requests)" in on_spark.run()
    assert len(on_spark.seen()) == 4
    on_spark.write(PII, budget)
    assert "7 requests stay pending (budget:day.requests)" in on_spark.run()
    assert len(on_spark.seen()) == 8
    # All of what is left, and a golden row of its own.
    declared = {"sources": [{"name": "labels", "schema": "main", "tables": [{"name": "golden_set"}]}]}
    (on_spark.project.models / "labels.yml").write_text(yaml.safe_dump(declared))
    on_spark.execute(
        "create table golden_set as select message_id, body, message_id < 5 as expected_has_pii"
        " from messages where message_id < 15"
    )
    on_spark.project.write_model("golden_pii", GOLDEN)
    on_spark.write(PII)
    on_spark.run("golden_pii")
    assert len(on_spark.seen()) == 15
    # The golden model finds what the workers have answered, and asks nothing.
    scores = on_spark.project.query("select n, correct, unanswered from dbt_llm__evaluations")
    assert scores == [(15, 5, 0)]
    runs = on_spark.project.query("select task, engine, sent_requests, stop_reason from dbt_llm__runs order by started_at")
    assert [run for run in runs if run[0] == TASK] == [
        (TASK, "spark", 4, "limit:requests"),
        (TASK, "spark", 4, "budget:day.requests"),
        (TASK, "spark", 7, None),
    ]
    assert on_spark.statuses()["quarantined", "invalid_json"] == 1
    on_spark.script()
    assert on_spark.dbt("run-operation", "dbt_llm.requeue", "--args", f"{{task: {TASK}}}").ok
    on_spark.run()
    assert len(on_spark.seen()) == 16
    assert on_spark.statuses() == {("succeeded", None): 20, ("skipped", "null_prompt"): 1}

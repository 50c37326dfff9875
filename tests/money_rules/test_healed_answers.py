"""An answer that can be read is not lost: null for what is not required, and one object with a fence or a think block around."""

import json

import duckdb

from dbt_llm.testing import ChatRequest, Server
from tests.support.project import PII, Project

ADDRESS = {
    "endpoint": "fast",
    "prompt": "Where to? {body}",
    "response_format": {
        "type": "object",
        "required": ["city"],
        "additionalProperties": False,
        "properties": {"city": {"type": "string"}, "zip": {"type": "string"}, "country": {"enum": ["DE", "AT"]}},
    },
}


def test_every_row_succeeds_where_something_is_not_required(project: Project) -> None:
    """By a server that answers any value of the schema that it was sent."""
    project.messages([(i, f"message {i}") for i in range(100)])
    project.task("pii_risk", ADDRESS)
    project.run_tasks()
    assert project.statuses() == {("succeeded", None): 100}
    [[cities, zips, countries]] = project.query("select count(city), count(zip), count(country) from pii_risk")
    assert cities == 100 and 0 < zips < 100 and 0 < countries < 100


def test_wrapped_answers_are_read_and_stored_ones_heal_without_a_call(project: Project, server: Server) -> None:
    answer = json.dumps({"has_pii": True, "pii_types": ["email"], "confidence": 0.5}, indent=1)
    wrapped = [
        f"```json\n{answer}\n```",
        f"<think>\nLet me see: {{}}\n</think>\n\n{answer}",
        f"\ufeff{answer}",
        f"Sure!\n{answer}",
    ]

    def wrap(request: ChatRequest) -> str:
        return wrapped[int(request.prompt.split("message ")[1].split("<")[0]) % 4]

    server.answer = wrap
    project.endpoint["structured_output"] = "ask"
    project.write_project()
    project.messages([(i, f"message {i}") for i in range(8)])
    project.run_tasks()
    healed = {("succeeded", None): 6, ("quarantined", "invalid_json"): 2}
    assert project.statuses() == healed and server.counters.calls == 8
    assert project.query("select distinct confidence, pii_types from pii_risk where has_pii") == [(0.5, ["email"])]
    # As the table stood when such answers were not read.
    with duckdb.connect(str(project.database)) as connection:
        connection.execute(
            "update pii_risk set has_pii = null, pii_types = null, confidence = null, llm_status = 'quarantined',"
            " llm_reason = 'invalid_json'"
        )
    project.run_tasks()
    assert project.statuses() == healed and server.counters.calls == 8


def test_an_inline_label_is_read_from_a_fence(project: Project, server: Server) -> None:
    server.answer = lambda _request: '```json\n{"label": "billing"}\n```'
    project.endpoint["structured_output"] = "ask"
    project.write_project()
    project.task("pii_risk", PII, sql="select 1 as message_id")
    project.write_model(
        "topics",
        "{{ config(materialized='table') }} select"
        " {{ dbt_llm.classify('body', ['billing', 'other'], endpoint='fast') }} as topic from {{ source('raw', 'messages') }}",
    )
    project.run("--select", "topics")
    assert project.query("select distinct topic from topics") == [("billing",)]

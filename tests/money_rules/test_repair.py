"""meta.llm.repair: what validation refuses is asked once more, with the complaint, and nothing is paid twice."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from dbt_llm.testing import ChatRequest, Faults, Reply, Server
from tests.support.project import PII, Project
from tests.support.python_project import python_task

GOOD = json.dumps({"has_pii": True, "pii_types": ["email"], "confidence": 0.5})
BAD = [
    "Sure! Here is the JSON",
    '{"has_pii": true, "pii_types": []}',
    '{"has_pii": "yes", "pii_types": [], "confidence": 1}',
    '{"has_pii": true, "pii_types": ["fax"], "confidence": 1}',
    '{"has_pii": true, "pii_types": ["email"], "confidence": 3}',
]
REPAIRING = {**PII, "repair": 1}


def number(request: ChatRequest) -> int:
    return int(request.prompt.split("message ")[1].split("<")[0])


def is_repair(request: ChatRequest) -> bool:
    return "<complaint>" in request.prompt


def mends(request: ChatRequest) -> str:
    """The first five messages get a bad answer, until it is complained of."""
    at = number(request)
    return BAD[at] if at < len(BAD) and not is_repair(request) else GOOD


def insists(request: ChatRequest) -> str:
    at = number(request)
    return BAD[at] if at < len(BAD) else GOOD


def bill(project: Project) -> tuple[int, int]:
    """The requests of all runs, and those of them that were repairs."""
    [(sent, repairs)] = project.query("select sum(sent_requests), sum(repair_requests) from dbt_llm__runs")
    return int(sent), int(repairs)


@pytest.mark.parametrize("engine", ["embedded", "async"])
def test_what_is_refused_is_asked_once_more_in_the_same_run(engine: str, project: Project, server: Server) -> None:
    server.answer = mends
    if engine == "async":
        python_task(project, "pii_risk", REPAIRING)
    else:
        project.task("pii_risk", REPAIRING)
    said = project.run_tasks().output
    assert project.statuses() == {("succeeded", None): 20}, said
    assert server.counters.calls == 15 + 5
    assert bill(project) == (20, 5)
    # Both answers are kept under the one key; the later counts.
    twice = project.query("select request_key, list(attempt order by attempt) from dbt_llm__responses group by 1 having count(*) > 1")
    assert len(twice) == 5 and all(attempts == [1, 2] for _, attempts in twice)
    assert project.query("select sum(requests) from dbt_llm__usage_daily") == [(20,)]
    project.run_tasks()
    assert server.counters.calls == 20


def test_the_complaint_is_in_words_and_what_stays_bad_is_final(project: Project, server: Server) -> None:
    server.answer = insists
    project.task("pii_risk", {**REPAIRING, "store_prompts": True})
    project.run_tasks()
    assert server.counters.calls == 20
    reasons = {reason for status, reason in project.statuses() if status == "quarantined"}
    assert reasons == {
        *("invalid_json", "missing:confidence", "wrong_type:has_pii", "not_in_enum:pii_types", "out_of_range:confidence"),
    }
    asked = {number: prompt for (prompt,) in project.query("select prompt from dbt_llm__responses where attempt = 2")
             for number in [int(prompt.split("message ")[1].split("<")[0])]}
    assert "it is not one JSON object." in asked[0] and f"<earlier_answer>\n{BAD[0]}\n</earlier_answer>" in asked[0]
    assert "a property is missing, at 'confidence'. Expected of 'confidence': " in asked[1] and '"minimum":0' in asked[1]
    assert "a value is none of those allowed, at 'pii_types'" in asked[3]
    assert all(prompt.startswith("Personal data? <message>message") for prompt in asked.values())
    project.run_tasks()
    project.run_tasks("--full-refresh")
    assert server.counters.calls == 20

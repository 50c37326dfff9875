"""Money rules 5 and 7: storms are weathered, and a failure never looks like an answer."""

from pathlib import Path

import pytest

from dbt_llm.testing import ChatRequest, Faults, Reply, Server, from_schema
from tests.support.project import PII, Project

ANY_RESPONSE_COLUMN = "has_pii is not null or pii_types is not null or confidence is not null"


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(Faults(throttle=0.2), marks=pytest.mark.long),
        pytest.param(Faults(throttle=0.2, retry_after="1"), marks=pytest.mark.long),
        pytest.param(Faults(error=0.2), marks=pytest.mark.long),
        Faults(throttle=0.1, error=0.1, drop=0.05, malformed_body=0.05),
    ],
    ids=["429", "429 with Retry-After", "500", "all kinds"],
)
def test_a_storm_is_weathered_and_no_row_is_paid_twice(faults: Faults, tmp_path: Path) -> None:
    with Server(from_schema, faults) as server:
        project = Project(tmp_path / "project", server.base_url)
        project.messages([(i, f"message {i}") for i in range(300)])
        project.run_tasks()
        assert project.statuses() == {("succeeded", None): 300}
        assert server.counters.answered == 300
        assert server.counters.calls > 320
        calls = server.counters.calls
        project.run_tasks()
        assert server.counters.calls == calls


BAD_COMPLETIONS = {
    "Sure! Here is the JSON": "invalid_json",
    "": "invalid_json",
    '{"has_pii": true, "pii_types": [], "confid': "invalid_json",
    '{"has_pii": true, "pii_types": []}': "missing:confidence",
    '{"has_pii": "yes", "pii_types": [], "confidence": 1}': "wrong_type:has_pii",
    '{"has_pii": true, "pii_types": ["fax"], "confidence": 1}': "not_in_enum:pii_types",
    '{"has_pii": true, "pii_types": ["email"], "confidence": 3}': "out_of_range:confidence",
}


def test_a_bad_completion_is_quarantined_with_its_reason(tmp_path: Path) -> None:
    completions = list(BAD_COMPLETIONS)

    def answer(request: ChatRequest) -> str:
        return completions[int(request.prompt.split("#")[1][0])]

    with Server(answer) as server:
        project = Project(tmp_path / "project", server.base_url)
        # The first completion is that of two rows.
        project.messages([(i, f"message #{i % 7}") for i in range(8)])
        project.run_tasks()
        assert project.query("select message_id, llm_status, llm_reason from pii_risk order by message_id") == [
            (i, "quarantined", BAD_COMPLETIONS[completions[i % 7]]) for i in range(8)
        ]
        assert project.query(f"select count(*) from pii_risk where {ANY_RESPONSE_COLUMN}") == [(0,)]
        kept = project.query("select coalesce(completion, ''), reason, input_rows from dbt_llm__quarantine")
        assert sorted(kept) == sorted((text, why, 2 if text == completions[0] else 1) for text, why in BAD_COMPLETIONS.items())
        project.run_tasks()
        # The empty one was asked once more at once.
        assert server.counters.calls == 8, "a quarantined answer is not asked for again by itself"


@pytest.mark.parametrize(("fault", "reason"), [("truncated", "truncated"), ("refusal", "refused")])
def test_what_the_provider_cuts_or_refuses_is_quarantined(fault: str, reason: str, tmp_path: Path) -> None:
    with Server(from_schema, Faults(**{fault: 1.0})) as server:
        project = Project(tmp_path / "project", server.base_url)
        project.messages([(1, "a"), (2, "b")])
        project.run_tasks()
        assert project.statuses() == {("quarantined", reason): 2}
        assert project.query(f"select count(*) from pii_risk where {ANY_RESPONSE_COLUMN}") == [(0,)]
        project.run_tasks()
        assert server.counters.calls == 2


def test_a_transient_failure_is_tried_by_later_runs_until_its_attempts_are_used_up(tmp_path: Path) -> None:
    with Server(from_schema, Faults(error=1.0)) as server:
        project = Project(tmp_path / "project", server.base_url)
        project.messages([(1, "a")])
        project.task("pii_risk", {**PII, "retries": 0, "max_attempts": 2})
        project.run_tasks()
        assert project.statuses() == {("pending", "provider_error"): 1}
        project.run_tasks()
        assert project.statuses() == {("quarantined", "provider_error"): 1}
        project.run_tasks()
        assert server.counters.calls == 2
        assert project.query("select attempt, error_class from dbt_llm__responses order by attempt") == [
            (1, "provider_error"),
            (2, "provider_error"),
        ]


def test_a_first_try_against_a_wrong_setting_is_asked_again_once_that_is_mended(tmp_path: Path) -> None:
    def answer(request: ChatRequest) -> str | Reply:
        if request.body["response_format"]["type"] == "json_object":
            return Reply("'response_format.type' must be 'json_schema' or 'text'", status=400)
        return from_schema(request)

    with Server(answer) as server:
        project = Project(tmp_path / "project", server.base_url, structured_output="json")
        project.messages([(1, "a"), (2, "b"), (3, "c")])
        result = project.run_tasks()
        assert "must be 'json_schema' or 'text'" in result.output and "structured_output" in result.output
        assert project.statuses() == {("pending", "not_requested"): 3}
        assert project.query("select stop_reason, left_requests from dbt_llm__runs") == [("unanswered", 3)]
        assert "3 requests: 0 paid, 0 cached, 3 left (unanswered)" in result.output, result.output
        project.endpoint["structured_output"] = "schema"
        project.write_project()
        project.run_tasks()
        assert project.statuses() == {("succeeded", None): 3} and server.counters.calls == 6


def test_timeouts_are_retried(tmp_path: Path) -> None:
    with Server(from_schema, Faults(timeout=[0.5], timeout_s=20)) as server:
        project = Project(tmp_path / "project", server.base_url, timeout_s=1)
        project.messages([(i, f"message {i}") for i in range(20)])
        project.run_tasks()
        assert project.statuses() == {("succeeded", None): 20}


def test_null_and_empty_prompts(project: Project, server: Server) -> None:
    project.messages([(1, None), (2, ""), (3, "a")])
    project.run_tasks()
    assert server.counters.calls == 2
    assert project.statuses() == {("skipped", "null_prompt"): 1, ("succeeded", None): 2}
    assert project.query("select input_rows, distinct_requests from dbt_llm__runs") == [(3, 2)]
    project.task("pii_risk", {**PII, "prompt": "PII? {body?}"})
    project.run_tasks()
    assert server.counters.calls == 4
    assert project.statuses() == {("succeeded", None): 3}


def test_requeue_sends_quarantined_requests_round_again(tmp_path: Path) -> None:
    seen: set[str] = set()

    def answer(request: ChatRequest) -> str:
        first = request.prompt not in seen
        seen.add(request.prompt)
        return "no JSON" if first else '{"has_pii": false, "pii_types": [], "confidence": 1}'

    with Server(answer) as server:
        project = Project(tmp_path / "project", server.base_url)
        project.messages([(1, "a"), (2, "b"), (3, "c")])
        project.run_tasks()
        assert project.statuses() == {("quarantined", "invalid_json"): 3}
        wrong = project.dbt("run-operation", "dbt_llm.requeue", "--args", "{task: pii_risk, reason: refused}")
        assert not wrong.ok and "one of 'invalid_json'; got 'refused'" in wrong.output
        requeued = project.dbt("run-operation", "dbt_llm.requeue", "--args", "{task: pii_risk}")
        assert requeued.ok and "3 requests will be sent again" in requeued.output, requeued.output
        assert server.counters.calls == 3
        project.run_tasks()
        assert server.counters.calls == 6
        assert project.statuses() == {("succeeded", None): 3}
        assert project.query("select count(*) from dbt_llm__quarantine") == [(0,)]
        assert project.query("select status, error_class, count(*) from dbt_llm__responses group by all order by all") == [
            ("failed", "requeued", 3),
            ("succeeded", None, 6),
        ]

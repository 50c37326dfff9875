"""The open questions asked of an endpoint: what is sent is stated before, nothing is sent twice, and no key is kept."""

from pathlib import Path

import pytest

from dbt_llm.testing import ChatRequest, Faults, Reply, Server, from_schema
from tests.support.project import API_KEY, Project

SELECT = ("--select", "dbt_llm__calibration")
PROBES = 10
"""Of DuckDB; each is one request."""


def calibrated(folder: Path, server: Server, **endpoint: str) -> Project:
    project = Project(folder, server.base_url, **endpoint)
    project.write_project(dbt_llm_calibrate="fast")
    return project


def test_it_is_stated_before_and_asked_once(tmp_path: Path) -> None:
    stated: list[bool] = []

    def answer(request: ChatRequest) -> str | Reply:
        stated.append(f"{PROBES} probes, at most {PROBES} requests to endpoint 'fast'" in project.output.read_text())
        if "dbt_llm_no_such_parameter" in request.body:
            return Reply("unknown parameter", status=400)
        if request.body["model"] == "dbt-llm-no-such-model":
            return Reply("no such model", status=404)
        return from_schema(request) if "response_format" in request.body else "yes"

    with Server(answer) as server:
        project = calibrated(tmp_path / "project", server)
        project.run(*SELECT, "--empty")
        project.run(*SELECT, DBT_LLM_MODE="cache_only")
        assert server.counters.calls == 0

        said = project.run(*SELECT).output
        assert stated == [True] * PROBES == [True] * server.counters.calls
        rows = dict(project.query("select probe, result from dbt_llm__calibration"))
        assert len(rows) == PROBES
        assert '"input_tokens"' in rows["plain_answer"] and '"finish_reason": "stop"' in rows["plain_answer"]
        # What it was that failed is kept, and did not keep the others from being asked.
        assert "unknown parameter" in rows["unknown_parameter"] and "no such model" in rows["no_such_model"]
        assert '"error_class"' not in rows["schema_limits"]
        assert project.query("select count(*) from dbt_llm__responses") == [(0,)]
        for text in (said, *(str(row) for row in project.query("select * from dbt_llm__calibration"))):
            assert API_KEY not in text

        assert "nothing to send" in project.run(*SELECT, "--full-refresh").output
        assert server.counters.calls == PROBES
        # Another language model has answered nothing yet.
        project.endpoint["model_name"] = "other-model"
        project.write_project(dbt_llm_calibrate="fast")
        project.run(*SELECT)
        assert server.counters.calls == 2 * PROBES


def test_a_request_that_fails_is_an_answer_and_not_sent_again(tmp_path: Path) -> None:
    with Server(from_schema, Faults(error=1.0)) as server:
        project = calibrated(tmp_path / "project", server)
        project.run(*SELECT)
        assert server.counters.calls == PROBES
        assert project.query("select count(*) from dbt_llm__calibration where result like '%error_class%'") == [(PROBES,)]


@pytest.mark.parametrize(
    ("faults", "key", "words"),
    [(None, "another key", "answered 401"), (Faults(throttle=1.0, retry_after="500"), None, "asks to wait for 500 s")],
    ids=["a wrong key", "throttled"],
)
def test_an_endpoint_that_answers_nobody_has_answered_nothing(
    tmp_path: Path, faults: Faults | None, key: str | None, words: str
) -> None:
    """The run ends with an error at the first probe, which has no row then."""
    with Server(from_schema, faults, api_key=key) as server:
        project = calibrated(tmp_path / "project", server)
        result = project.dbt("run", *SELECT)
        assert not result.ok and words in result.output, result.output
        assert server.counters.calls <= 3
        assert project.query("select * from dbt_llm__calibration") == []

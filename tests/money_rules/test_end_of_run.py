"""The last lines of a run: how the rows stand, what was paid, and a warning where nothing is of use."""

from pathlib import Path

from dbt_llm.testing import ChatRequest, Server
from tests.support.project import PII, Project

PRICED = {"input_usd_per_million_tokens": 1000, "output_usd_per_million_tokens": 1000}
GOOD = '{"has_pii": true, "pii_types": [], "confidence": 1}'


def answer(request: ChatRequest) -> str:
    if "bad" in request.prompt:
        return "certainly"
    return '{"has_pii": 1, "pii_types": [], "confidence": 1}' if "type" in request.prompt else GOOD


def test_one_line_says_how_it_stands(tmp_path: Path) -> None:
    with Server(answer) as server:
        project = Project(tmp_path / "project", server.base_url, **PRICED)
        # Two prompts are those of two rows; one has none.
        texts = ["good 1", "good 1", "good 2", "bad 1", "bad 1", "bad 2", "type 1", None]
        project.messages(list(enumerate(texts)))
        project.task("pii_risk", {**PII, "limits": {"requests": 4}})
        first = project.run_tasks().output
        project.task("pii_risk", PII)
        second = project.run_tasks().output
        third = project.run_tasks().output
    assert "5 requests: 4 paid, 0 cached, 1 left (limit:requests); " in first and " USD" in first, first
    line = "pii_risk: 3 valid, 4 quarantined (3 invalid_json, 1 wrong_type:has_pii), 0 pending, 1 skipped; "
    assert line + "5 requests: 1 paid, 4 cached; " in second and " USD" in second, second
    assert line + "5 requests: 0 paid, 5 cached; nothing was sent" in third, third
    assert "no row is valid" not in third
    [(bad, refused, answered)] = project.query(
        "select sum(invalid_json_requests), sum(invalid_value_requests), sum(succeeded_requests) from dbt_llm__usage_daily"
    )
    assert (bad, refused, answered) == (2, 1, 5)


def test_a_run_without_a_valid_row_warns(tmp_path: Path) -> None:
    with Server(lambda _: "certainly") as server:
        project = Project(tmp_path / "project", server.base_url)
        project.messages([(1, "a"), (2, "b")])
        result = project.run_tasks()
        assert "[WARNING]" in result.output and "no row is valid, 2 are in quarantine (2 invalid_json)" in result.output
        assert "2 paid, 0 cached; no price is known" in result.output
        assert not project.dbt("--warn-error", "run", "--exclude", "package:dbt_llm").ok
        assert server.counters.calls == 2


def test_a_view_with_pending_rows_warns(project: Project, server: Server) -> None:
    """A `materialized` that was forgotten."""
    project.task("pii_risk", PII, config="tags=['none']")
    result = project.run_tasks()
    assert "[WARNING]" in result.output and "20 rows stay pending, as a view" in result.output, result.output
    assert server.counters.calls == 0

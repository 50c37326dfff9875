"""Money rule 8: no command but run and build spends, and --empty never does."""

import json

import pytest

from dbt_llm.testing import Server
from tests.support.project import PII, Project

UNIT_TEST = """
unit_tests:
  - name: a_response_becomes_columns
    model: pii_risk
    overrides:
      macros: {dbt_llm.request_key: body, dbt_llm.task_config: TASK}
    given:
      - input: source('raw', 'messages')
        rows:
          - {message_id: 1, body: a}
          - {message_id: 2, body: b}
          - {message_id: 3, body: null}
          - {message_id: 4, body: d}
      - input: ref('dbt_llm', 'dbt_llm__responses')
        rows:
          - {request_key: a, status: succeeded, completion: '{"has_pii": true, "pii_types": ["email"], "confidence": 0.9}'}
          - {request_key: b, status: succeeded, completion: 'certainly'}
    expect:
      rows:
        - {message_id: 1, has_pii: true, confidence: 0.9, llm_status: succeeded, llm_reason: null}
        - {message_id: 2, has_pii: null, confidence: null, llm_status: quarantined, llm_reason: invalid_json}
        - {message_id: 3, has_pii: null, confidence: null, llm_status: skipped, llm_reason: null_prompt}
        - {message_id: 4, has_pii: null, confidence: null, llm_status: pending, llm_reason: not_requested}
""".replace("TASK", json.dumps(PII))


COMMANDS = (
    ["parse"],
    ["compile"],
    ["ls"],
    ["docs", "generate"],
    ["run", "--empty", "--exclude", "package:dbt_llm"],
    ["build", "--empty", "--exclude", "package:dbt_llm"],
    ["show", "--select", "pii_risk"],
    ["test"],
)


def test_no_other_command_calls(project: Project, server: Server) -> None:
    (project.models / "unit_tests.yml").write_text(UNIT_TEST)
    for command in COMMANDS:
        result = project.dbt(*command)
        assert result.ok, f"{command}: {result.output}"
        assert server.counters.calls == 0, command
    assert "PASS=1" in result.output, "the native unit test of the task"

    shown = project.dbt("show", "--inline", "select {{ dbt_llm.complete(\"'hello'\", endpoint='fast') }} as answer")
    assert not shown.ok
    assert "got `dbt show`" in shown.output, shown.output
    assert server.counters.calls == 0


@pytest.mark.parametrize("switch", ["environment", "var"])
def test_cache_only_calls_nothing(switch: str, project: Project, server: Server) -> None:
    if switch == "var":
        project.write_project(dbt_llm_mode="cache_only")
    result = project.run_tasks(**({"DBT_LLM_MODE": "cache_only"} if switch == "environment" else {}))
    assert server.counters.calls == 0
    assert project.statuses() == {("pending", "not_requested"): 20}
    assert "15 requests stay pending (cache_only)" in result.output, result.output
    if switch == "var":
        project.write_project()
    project.run_tasks()
    assert server.counters.calls == 15
    assert project.statuses() == {("succeeded", None): 20}


def test_a_view_reads_and_never_pays(project: Project, server: Server) -> None:
    project.task("pii_view", PII, config="materialized='view'")
    project.run("--select", "pii_view")
    assert server.counters.calls == 0
    assert project.statuses("pii_view") == {("pending", "not_requested"): 20}
    project.run_tasks()
    assert server.counters.calls == 15
    assert project.statuses("pii_view") == {("succeeded", None): 20}

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


INLINE = """
select {{ dbt_llm.extract('body', {'city': {'type': 'string'}}, endpoint='fast') }} as extracted,
    {{ dbt_llm.classify('body', ['a', 'b'], endpoint='fast') }} as label
from {{ source('raw', 'messages') }} where message_id < 2
"""


def test_an_inline_macro_pays_in_a_run_only(project: Project, server: Server) -> None:
    project.write_model("inline", "{{ config(materialized='table') }}" + INLINE)
    shown = project.dbt("show", "--select", "inline")
    assert shown.ok, shown.output
    assert project.dbt("compile").ok
    project.run("--select", "inline", "--empty")
    project.run("--select", "inline", DBT_LLM_MODE="cache_only")
    assert project.query("select count(*), count(extracted), count(label) from inline") == [(2, 0, 0)]
    assert server.counters.calls == 0
    project.run("--select", "inline")
    assert project.query("select count(*), count(extracted), count(label) from inline") == [(2, 2, 2)]
    assert server.counters.calls == 4
    for materialized in ("view", "ephemeral"):
        project.write_model("inline", f"{{{{ config(materialized='{materialized}') }}}}" + INLINE)
        project.write_model("reader", "select * from {{ ref('inline') }}")
        refused = project.dbt("run", "--select", "inline", "reader")
        assert not refused.ok and f"the model is a {materialized}, which everyone who reads it" in refused.output
    assert server.counters.calls == 4


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

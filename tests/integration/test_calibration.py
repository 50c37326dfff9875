"""The open questions asked of an account: each once, stated before, and none ended by another that the database refuses."""

import json

from tests.integration.project import IntegrationProject

REFUSED = {
    "duckdb": set(),
    # Functions that the stand-ins do not have.
    "snowflake": {"extract_scores", "embed_form", "similarity_form", "count_tokens", "count_tokens_of_functions"},
    "databricks": {"classify_default_form", "extract_default_form"},
    "bigquery": set(),
}
"""The probes that each stand-in refuses as a statement."""


def test_the_open_questions_are_asked_once(project: IntegrationProject) -> None:
    command = ("--select", "dbt_llm__calibration", "--vars", "{dbt_llm_calibrate: fast}")
    project.dbt("compile", *command)
    assert project.calls() == 0

    said = project.run("run", *command).output
    rows = {row["probe"]: row for row in project.rows("select * from dbt_llm__calibration")}
    assert f"{len(rows)} probes, at most {sum(row['requests'] for row in rows.values())} requests to endpoint 'fast'" in said
    assert 0 < project.calls() <= sum(row["requests"] for row in rows.values()) <= 30
    assert all((row["result"] is None) != (row["error"] is None) for row in rows.values())
    refused = {name: row["error"] for name, row in rows.items() if row["error"] is not None}
    assert set(refused) >= REFUSED[project.adapter], refused
    assert all(refused.values())
    assert {row["adapter"] for row in rows.values()} == {project.adapter}
    answers = [json.loads(row["result"]) for row in rows.values() if (row["result"] or "").startswith(("{", "["))]
    assert any("echo of Answer with the word yes." in json.dumps(answer) for answer in answers), rows

    calls = project.calls()
    assert "nothing to send" in project.run("run", *command).output
    assert project.calls() == calls
    assert len(project.rows("select probe from dbt_llm__calibration")) == len(rows)

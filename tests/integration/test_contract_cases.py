"""The contract cases, executed by every adapter through dbt: the prompts and the keys are Python's, byte for byte."""

import json
from typing import Any

import yaml

from tests.integration.project import IntegrationProject
from tests.support.project import ROOT

CASES = ROOT / "tests" / "contract"
KEYS = """
{{ config(materialized='table') }}
{% for case in var('contract_cases') %}
select
    {{ loop.index0 }} as case_number,
    {{ dbt_llm.request_key(
        prompt=dbt_llm.string_literal(case.prompt), model_name=case.model_name,
        model_parameters=case.model_parameters, response_format=case.response_format
    ) }} as found
{{ 'union all' if not loop.last }}
{% endfor %}
"""
PROMPTS = """
{{ config(materialized='table') }}
{% for case in var('contract_cases') %}
select
    {{ loop.index0 }} as case_number,
    {{ dbt_llm._prompt_expression(case.template) }} as found
from (
    select
        {% for name, text in case.row.items() %}
        {{ dbt_llm.string_literal(text) if text is not none else 'cast(null as ' ~ dbt.type_string() ~ ')' }}
            as {{ dbt_llm.column_name(name) }},
        {% endfor %}
        1 as nothing
) as case_row
{{ 'union all' if not loop.last }}
{% endfor %}
"""


def run_cases(project: IntegrationProject, name: str, sql: str) -> list[tuple[dict[str, Any], str | None]]:
    """Each case with what the adapter made of it."""
    cases = json.loads((CASES / f"{name}.json").read_text())
    path = project.folder / "dbt_project.yml"
    declared = yaml.safe_load(path.read_text())
    declared["vars"]["contract_cases"] = cases
    path.write_text(yaml.safe_dump(declared, allow_unicode=True))
    (project.folder / "models" / f"{name}.sql").write_text(sql)
    project.run("run", "--select", name)
    found = project.rows(f"select case_number, found from {name} order by case_number")
    return list(zip(cases, [row["found"] for row in found], strict=True))


def test_the_keys(project: IntegrationProject) -> None:
    for case, found in run_cases(project, "request_keys", KEYS):
        assert found == case["key"], case["name"]


def test_the_prompts(project: IntegrationProject) -> None:
    for case, found in run_cases(project, "prompts", PROMPTS):
        assert found == case["prompt"], case["name"]

"""The linter reads each folder of golden SQL in its own dialect, and the rules that are left out have not made it blind.

`make lint` lints the files themselves.
"""

from functools import cache
from pathlib import Path

import pytest
from sqlfluff.core import FluffConfig, Linter

FOLDER = Path(__file__).parent
ADAPTERS = sorted(path.parent.name for path in FOLDER.glob("*/.sqlfluff"))
OWN = {
    "duckdb": "select [x for x in a] as c\nfrom t\n",
    "databricks": "select ai_query('e', `a b`, failOnError => false).result as c\nfrom t\n",
    "snowflake": "select ai_complete(model => 'm', model_parameters => {'top_p': 1}):value[0]:raw as c\nfrom t\n",
    "bigquery": "select safe.parse_json(a, wide_number_mode => 'round') as c\nfrom ai.generate_text(model `m`, table `t`)\n",
}
FOREIGN = {
    "duckdb": "select * except (a)\nfrom t\n",
    "databricks": "select $$a$$ as c\nfrom t\n",
    "snowflake": "select `a b` as c\nfrom t\n",
    "bigquery": "select a:b as c\nfrom t\n",
}
FAULTS = {
    "CP01": "SELECT a\nFROM t\n",
    "CP02": "select Ab as c\nfrom t\n",
    "CP03": "select COUNT(a) as c\nfrom t\n",
    "CV03": "select\n    a,\nfrom t\n",
    "LT01": "select a  as c\nfrom t\n",
    "AL01": "select t.a\nfrom t\ninner join u v\n    on t.a = v.a\n",
}


@cache
def linter(adapter: str) -> Linter:
    """One that is configured as for the files in the adapter's folder."""
    return Linter(config=FluffConfig.from_path(str(FOLDER / adapter)))


def found(adapter: str, sql: str) -> set[str]:
    return {violation.rule_code() for violation in linter(adapter).lint_string(sql).get_violations()}


def test_every_folder_of_golden_sql_has_its_dialect() -> None:
    assert {path.parent.name for path in FOLDER.glob("*/*.sql")} == set(ADAPTERS)
    assert [linter(adapter).config.get("dialect") for adapter in ADAPTERS] == ADAPTERS


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_a_dialect_is_its_own(adapter: str) -> None:
    assert found(adapter, OWN[adapter]) == set()
    assert "PRS" in found(adapter, FOREIGN[adapter])


@pytest.mark.parametrize("rule", FAULTS)
@pytest.mark.parametrize("adapter", ADAPTERS)
def test_a_fault_of_style_is_found(adapter: str, rule: str) -> None:
    assert rule in found(adapter, FAULTS[rule])


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_a_brace_in_a_prompt_is_no_template(adapter: str) -> None:
    assert found(adapter, "select '{{ x }}{% if %}' as c\nfrom t\n") == set()

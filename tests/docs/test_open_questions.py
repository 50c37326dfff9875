"""Every open question of the docs names the probe that asks it of an account, or says why none does; every probe is named."""

import re
from functools import cache
from typing import Any

import pytest
import yaml

from dbt_llm.macros import Macros
from tests.support.project import ROOT

ADAPTERS = ("duckdb", "databricks", "snowflake", "bigquery")
MARK = re.compile(r"\[((?:no probe: )?[^\]\d][^\]]*)\](?!\()")
"""A mark in brackets, which is neither a number nor a link."""


@cache
def probes(adapter: str) -> dict[str, Any]:
    """The probes as the adapter gives them, by name."""
    endpoint = {"model_name": "m", "model": "p.d.m", "connection": "us.c", "base_url": "http://127.0.0.1:9/v1"}
    task = {"name": "calibrate", "endpoint_name": "fast", "endpoint": endpoint, "model_parameters": {}, "response_schema": None}
    found = Macros(adapter, {}).call("calibration_probes", task=task)
    assert len({probe["name"] for probe in found}) == len(found)
    return {probe["name"]: probe for probe in found}


def questions(adapter: str) -> list[str]:
    catalogue = yaml.safe_load((ROOT / "docs" / "functions.yml").read_text()).get(adapter, [])
    for entry in catalogue:
        assert entry["confirmed"] == (not entry.get("questions")), entry["name"]
    page = (ROOT / "docs" / "adapters" / f"{adapter}.md").read_text()
    section = page.partition("## Open questions\n")[2].partition("\n## ")[0]
    return [
        *(question for entry in catalogue for question in entry.get("questions", [])),
        *re.split(r"^- ", section, flags=re.MULTILINE)[1:],
        *re.findall(r"^Open[:,].*?(?=\n\n)", page, re.MULTILINE | re.DOTALL),
    ]


def marks(question: str) -> list[str]:
    return [mark.replace("\n  ", " ") for mark in MARK.findall(question)]


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_every_open_question_names_its_probe(adapter: str) -> None:
    asked = questions(adapter)
    assert len(asked) >= 5
    for question in asked:
        found = marks(question)
        assert found, f"no probe is named: {question}"
        assert [mark for mark in found if not mark.startswith("no probe: ") and mark not in probes(adapter)] == [], question


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_every_probe_is_named_by_a_question(adapter: str) -> None:
    assert set(probes(adapter)) <= {mark for question in questions(adapter) for mark in marks(question)}


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_the_probes_send_no_more_than_is_promised(adapter: str) -> None:
    assert 0 < sum(probe["requests"] for probe in probes(adapter).values()) <= 30
    assert Macros(adapter, {}).call("_most_probe_requests") == 30


def test_an_open_question_of_other_pages_names_its_probe_too() -> None:
    for page in (ROOT / "docs").glob("*.md"):
        for question in re.findall(r"^Open[:,].*?(?=\n\n)", page.read_text(), re.MULTILINE | re.DOTALL):
            assert marks(question), question


def test_a_question_without_a_probe_is_seen() -> None:
    assert marks("What does a NULL give? None is sent [3].") == []
    assert marks("What does [a NULL](page.md) give? [null_prompt] [no probe: the\n  bill]") == [
        "null_prompt",
        "no probe: the bill",
    ]

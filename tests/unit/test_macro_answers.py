"""What Python answers in a macro's place has one list on each side: a file of macros, and a typed structure."""

import re
from pathlib import Path

import pytest

from dbt_llm.macros import EngineAnswers, ModelAnswers

MACROS = Path(__file__).parents[2] / "macros"


@pytest.mark.parametrize(("file", "answers"), [("_internal/model.sql", ModelAnswers), ("enrich/engine.sql", EngineAnswers)])
def test_python_answers_the_macros_of_the_file_and_no_other(file: str, answers: type) -> None:
    """mypy holds the engines and the road of Python models to the structure, so here it is held to the macros."""
    defined = re.findall(r"\{%-?\s*macro\s+(\w+)\s*\(", (MACROS / file).read_text())
    assert {*answers.__required_keys__, *answers.__optional_keys__} == {*defined}

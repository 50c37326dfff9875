"""What the macros show of a platform's error is what the companion shows of a provider's."""

import pytest

from dbt_llm.client import redaction
from dbt_llm.macros import Macros


@pytest.fixture(scope="module")
def macros() -> Macros:
    return Macros("duckdb", {})


def test_the_words_are_the_companions(macros: Macros) -> None:
    assert set(macros.call("_words_of_errors")) == redaction._WORDS


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("Remote service error 400 invalid_request: model llama3.3-70b is unavailable",) * 2,
        ("Content flagged: John Smith, 078-05-1120, lives in Rome", "Content flagged: … in …"),
        ("400\x1b[2Jnot found", "… found"),
        ("line one\nnot allowed", "line one not allowed"),
        ("quota 5000 exceeded", "quota … exceeded"),
    ],
)  # fmt: skip
def test_only_words_of_errors_are_shown(macros: Macros, message: str, shown: str) -> None:
    assert macros.call("_others_words", message, "llama3.3-70b") == shown

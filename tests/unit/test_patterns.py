"""Patterns: what is taken matches alike in RE2 and in Java's form of it; what is not is named before anything is paid."""

import re
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.judged import macros


def faults(pattern: str) -> list[str]:
    found: list[str] = macros().call("_pattern_faults", pattern, "x")
    return found


@pytest.mark.parametrize(
    "pattern",
    [
        *("^a", "b$", "\\d", "", "a|b|", "(ab)*c+d?", "(?:ab|c){2}", "x{0,3}y{4,}", "[a-z0-9_.-]", "[^-a]", "[a-]", "[-+*/]"),
        *(
            "^[A-Z]{2}\\d+$",
            "[\\w.-]+@[\\w-]+\\.\\w+",
            "[\\s\\S]*",
            "\\[\\]\\{\\}\\(\\)\\.\\*\\\\",
            "[\\]\\[]",
            "é+",
            "a.c",
            "\\/",
            "[$.]",
        ),
        *("\\$\\d+(?:\\.\\d{2})?", "\\n\\t", "(a(b(c)))", "a{1000}"),
    ],
)
def test_taken(pattern: str) -> None:
    assert faults(pattern) == []
    re.compile(pattern)


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        ("(?=a)", "'(?'"),
        ("(?!a)b", "'(?'"),
        ("(?<=a)b", "'(?'"),
        ("(?i)a", "'(?'"),
        ("(?P<n>a)", "'(?'"),
        ("(a)\\1", "'\\1'"),
        ("\\bword\\b", "'\\b'"),
        ("\\Aa\\z", "'\\A'"),
        ("\\p{L}+", "'\\p'"),
        ("\\x41", "'\\x'"),
        ("\\v", "'\\v'"),
        ("a\\", "'\\'"),
        ("a*?", "'*?'"),
        ("a++", "'++'"),
        ("a{2}{3}", "'{2}{3}'"),
        ("*a", "'*'"),
        ("a|*", "'|*'"),
        ("^*", "'^*'"),
        ("a{", "'{'"),
        ("a{,3}", "'{,3}'"),
        ("a{3,2}", "'{3,2}'"),
        ("a{1001}", "'{1001}'"),
        ("{a}", "'{a}'"),
        ("a}", "'}'"),
        ("[a", "a bracket"),
        ("(a", "a bracket"),
        ("a)", "a bracket"),
        ("[]a]", "'[]'"),
        ("[[:alpha:]]", "'[' within brackets"),
        ("[a-z&&[b]]", "'&&' within brackets"),
        ("[z-a]", "'z-a' within brackets"),
        ("[\\w-z]", "'\\w-z' within brackets"),
        ("[a-c-e]", "'c-e' within brackets"),
    ],
)
def test_refused_by_name(pattern: str, named: str) -> None:
    [fault] = faults(pattern)
    assert named in fault and f"got '{pattern}'" in fault, fault


parts = st.sampled_from([*"ab1.|()[]{}^$*+?-,\\", "\\d", "\\s", "\\S", "[^", "(?:", "{2}", "{1,}", "[a-c]", "\\.", "\\n"])
texts = st.text("ab1 \n\r\t\v.-é\u2028", max_size=6)


@settings(max_examples=400, deadline=None)
@given(pattern=st.lists(parts, max_size=8).map("".join), text=texts)
def test_what_is_taken_matches_alike(pattern: str, text: str) -> None:
    """In RE2, which judges on DuckDB and BigQuery, and in Python's, which reads Java's form of these as Java does."""
    if faults(pattern):
        return
    plain = macros().call("_plain_pattern", pattern)
    [[found]] = duckdb.execute("select regexp_matches(?, ?)", [text, plain]).fetchall()
    assert found == (re.search(java(pattern).replace("\\z", "\\Z"), text, re.ASCII) is not None)


def java(pattern: str) -> str:
    """The pattern that stands in Spark SQL."""
    call: Any = macros("databricks").call("text_matches", "t", macros().call("_plain_pattern", pattern))
    literal = call.removeprefix("regexp_like(t, '").removesuffix("')")
    return re.sub(r"\\(.)", r"\1", literal, flags=re.DOTALL)

"""The price of an endpoint: its own, or the list's where place and model are surely the same."""

from typing import Any

import pytest

from tests.support.macros import Macros


def priced(macros: Macros, place: str = "duckdb", **entry: Any) -> tuple[Any, Any]:
    found = macros.call("_with_prices", entry=entry, place=place)
    return found.get("input_usd_per_million_tokens"), found.get("output_usd_per_million_tokens")


OPENAI = "https://api.openai.com/v1"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"model_name": "gpt-4o-mini", "base_url": OPENAI}, (0.15, 0.6)),
        ({"model_name": "gpt-4o-mini-2024-07-18", "base_url": OPENAI}, (0.15, 0.6)),
        ({"model_name": "claude-haiku-4-5-20251001", "provider": "anthropic"}, (1.0, 5.0)),
        ({"model_name": "gemini-2.5-flash", "base_url": "https://generativelanguage.googleapis.com/v1beta/openai"}, (0.3, 2.5)),
        # Another model, though its name begins so.
        ({"model_name": "gpt-4o-mini-search-preview", "base_url": OPENAI}, (None, None)),
        ({"model_name": "gpt-4o-mini-20240", "base_url": OPENAI}, (None, None)),
        # The same names on servers that are not the provider's.
        ({"model_name": "gpt-4o-mini", "base_url": "http://localhost:11434/v1"}, (None, None)),
        ({"model_name": "gpt-4o-mini", "base_url": "https://api.openai.com.example.org/v1"}, (None, None)),
        ({"model_name": "gpt-4o-mini"}, (None, None)),
        ({"model_name": "gpt-4o-mini", "provider": "azure"}, (None, None)),
        # Its own prices win, 0 among them.
        (
            {
                "model_name": "gpt-4o-mini",
                "base_url": OPENAI,
                "input_usd_per_million_tokens": 0,
                "output_usd_per_million_tokens": 0,
            },
            (0, 0),
        ),
    ],
)
def test_the_price_of_an_entry(entry: dict[str, Any], expected: tuple[Any, Any], macros: Macros) -> None:
    assert priced(macros, **entry) == expected


def test_a_warehouse_is_known_by_its_adapter(macros: Macros) -> None:
    assert priced(macros, "snowflake", model_name="llama3.3-70b") == (0.864, 0.864)
    assert priced(macros, "databricks", model_name="databricks-meta-llama-3-3-70b-instruct") == (0.5, 1.5)
    assert priced(macros, "bigquery", model_name="gemini-2.5-flash", model="a.b.c") == (0.15, 1.25)
    assert priced(macros, "snowflake", model_name="gpt-4o-mini") == (None, None)


def test_a_batch_entry_has_the_discount(macros: Macros) -> None:
    assert priced(macros, "batch", model_name="gpt-4o-mini", provider="openai") == (0.075, 0.3)


def test_every_price_is_whole(macros: Macros) -> None:
    rows = macros.call("prices")
    assert len({(row["place"], row["model_name"]) for row in rows}) == len(rows) > 80
    for row in rows:
        assert 0 < row["input_usd_per_million_tokens"] <= row["output_usd_per_million_tokens"], row
        cached = row["cached_input_usd_per_million_tokens"]
        assert cached is None or cached < row["input_usd_per_million_tokens"]
        assert row["source"].startswith("https://")
        assert row["read"] >= "2026-11-01"


@pytest.mark.parametrize(
    ("own", "fault"),
    [
        ({"gpt": 1}, "not a list"),
        ("dear", "not a list"),
        (True, "not a list"),
        (["gpt"], "not a mapping"),
        ([{"model_name": "m", "input_usd_per_million_tokens": 1, "output_usd_per_million_token": 1}], "Did you mean"),
        ([{"model_name": "m", "input_usd_per_million_tokens": -1, "output_usd_per_million_tokens": 1}], "not a price"),
        ([{"input_usd_per_million_tokens": 1, "output_usd_per_million_tokens": 1}], "not a text"),
    ],
)
def test_faults_of_own_prices(own: Any, fault: str, macros: Macros) -> None:
    assert fault in "".join(macros.call("_price_faults", own=own))
    assert macros.call("_price_faults", own=[]) == [] == macros.call("_price_faults", own=False)

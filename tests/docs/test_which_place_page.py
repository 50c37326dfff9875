"""The figures of docs/which-place.md are worked out anew, from the package's prices and the engine's own choice."""

import re
from typing import Any

import pytest

from dbt_llm.client import Endpoint
from dbt_llm.engines.auto import Load, choose
from dbt_llm.macros import Macros
from tests.support.project import ROOT

PAGE = (ROOT / "docs" / "which-place.md").read_text()
PRICES = {
    (price["place"], price["model_name"]): price
    for price in Macros("duckdb", {"var": lambda _, default=None: default}).call("prices")
}
ROWS = re.findall(r"^\| (\w+) \| `([^`]+)` \| ([\d.]+) / ([\d.]+) \| ([\d.]+) \| ([\d.]*) ?\| ([\d-]+) \|$", PAGE, re.MULTILINE)


def endpoint(model: str, **keys: Any) -> Endpoint:
    price = PRICES["openai", model]
    names = [f"{kind}_usd_per_million_tokens" for kind in ("input", "output", "cached_input")]
    return Endpoint.from_options(
        "fast", {"provider": "openai", "model_name": model, **{name: price[name] for name in names}, **keys}
    )


def test_the_table_has_a_row_for_each_place() -> None:
    assert len(ROWS) == 12 and {row[0] for row in ROWS} == {place for place, _ in PRICES}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}:{row[1]}")
def test_a_million_rows(row: tuple[str, ...]) -> None:
    place, model, price_in, price_out, live, batch, read = row
    price = PRICES[place, model]
    assert (float(price_in), float(price_out)) == (price["input_usd_per_million_tokens"], price["output_usd_per_million_tokens"])
    assert float(live) == pytest.approx(200 * float(price_in) + 50 * float(price_out))
    discount = price["batch_discount"]
    assert float(batch or 0) == pytest.approx(float(live) * (1 - discount) if discount else 0)
    assert read == price["read"]


def test_own_gpus() -> None:
    hours = 250e6 / 12_500 / 3600
    assert (
        f"{hours:.1f} hours and {hours * 7.90:.0f} USD with Ray + vLLM, {hours * 8:.0f} hours and {hours * 8 * 7.90:.0f} USD"
        in PAGE.replace("\n", " ")
    )


CASES = re.findall(
    r"^\| (\d+ M [^|]+) \| ([\d,]+) \| (\d+) \+ (\d+) \| ([\d,]+) \| (\d+) \| ([\d.]+) \| ([\d.]+) \| ([\d,]+) \|$",
    PAGE,
    re.MULTILINE,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_the_articles_cases_are_what_plan_says(case: tuple[str, ...]) -> None:
    requests, tokens_in, tokens_out, tokens_per_second, replicas = (int(figure.replace(",", "")) for figure in case[1:6])
    stated = {"model_name": "m", "tokens_per_second": tokens_per_second, "usd_per_hour": float(case[6]), "replicas": replicas}
    entries = {"fast": {"spark": stated, "ray": stated}}
    names = {"var": lambda name, default=None: entries if name == "dbt_llm_endpoints" else default}
    macros = Macros("duckdb", names, {"_past_rate": lambda _: None})
    for kind in ("spark", "ray"):
        estimate = {"input_tokens": requests * tokens_in, "output_tokens": requests * tokens_out}
        places = macros.call("_plan_places", {"endpoint_name": "fast"}, requests, estimate, accelerator={})
        [own] = [place for place in places if place["kind"] == kind]
        assert (f"{own['seconds'] / 3600:.1f}", f"{own['usd']:,.0f}") == case[7:]


def test_what_is_said_of_the_articles_own_figures() -> None:
    assert len(CASES) == 6
    a10g, text = 1.21, PAGE.replace("\n", " ")
    assert f"45 minutes × 1.21 × 4, which is {0.75 * a10g * 4:.2f}; and at its 2,000 rows a second" in text
    assert f"would be {1e6 / 2_000 / 60:.0f} minutes" in text
    hours = 10e6 / 12_000 / 3600
    assert f"12,000 a second are {hours * 60:.0f} minutes and {hours * a10g * 4:.2f} USD" in text
    assert f"{12_000 * 250 / 4:,.0f} tokens a second on each A10G" in text
    price = PRICES["openai", "gpt-4o-mini"]
    live = 200 * price["input_usd_per_million_tokens"] + 60 * price["output_usd_per_million_tokens"]
    assert f"are {live:.0f} USD with `gpt-4o-mini` at the list's price and {live / 2:.0f} as a batch" in text
    # At 72 hours, the fewest.
    assert [int(case[5]) for case in CASES[4:]] == [-(-106.4e9 // (rate * 72 * 3600)) for rate in (12_500, 2_240)]


def test_how_long_live_calls_take() -> None:
    hours = [1e6 * 2 / 64 / 3600, 1e6 / 5_000 / 60, 1e6 * 250 / 2e6 / 60]
    assert [f"{value:.1f}" for value in hours] == ["8.7", "3.3", "2.1"]
    # Beyond a day live, with the default deadline, a batch is taken for its time alone.
    longest = choose(Load(2_800_000, 200, 50, 0), endpoint("gpt-4o-mini"), 0.5, 24)
    assert longest.engine == "batch" and "would take 24 h" in longest.reason


def test_a_cached_beginning() -> None:
    [line] = re.findall(r"^pii_in_python: engine auto takes .*$", PAGE, re.MULTILINE)
    load = Load(requests=1_000_000, input_tokens=3_200, output_tokens=50, prefix_tokens=3_000)
    choice = choose(load, endpoint("gpt-4.1-mini"), 0.5, 24)
    assert line == f"pii_in_python: engine auto takes {choice.engine} for {load.requests:,} requests: {choice.reason}"
    for figure in ("1,360", "680", "460"):
        assert f"= {figure:>5} USD" in PAGE or f"{figure} USD" in PAGE
    # Without the cached price stated, a cached token counts as any other.
    unstated = endpoint("gpt-4.1-mini", cached_input_usd_per_million_tokens=None)
    assert choose(load, unstated, 0.5, 24).engine == "batch"


@pytest.mark.parametrize("model", ["gpt-4o-mini", "gpt-4.1-mini", "gpt-5-mini"])
@pytest.mark.parametrize(("prefix", "row", "out"), [(1_500, 200, 50), (3_000, 200, 50), (20_000, 10, 1), (3_000, 2_000, 500)])
def test_the_formula_is_what_the_engine_does(model: str, prefix: int, row: int, out: int) -> None:
    priced = endpoint(model)
    price_in, price_out = priced.input_usd_per_million_tokens, priced.output_usd_per_million_tokens
    cached = priced.cached_input_usd_per_million_tokens
    assert price_in is not None and price_out is not None and cached is not None
    is_cheaper = prefix * (price_in - cached) > 0.5 * ((prefix + row) * price_in + out * price_out)
    choice = choose(Load(100_000, prefix + row, out, prefix), priced, 0.5, 24)
    assert choice.engine == ("async" if is_cheaper else "batch")
    if model == "gpt-4o-mini":
        assert choice.engine == "batch"

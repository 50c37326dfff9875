"""What `engine: auto` takes, and what it says of it."""

from typing import Any

import pytest

from dbt_llm.client import ConfigurationError, Endpoint
from dbt_llm.engines.auto import Choice, Load, choose, deadline_hours

PRICES = {"input_usd_per_million_tokens": 1.0, "output_usd_per_million_tokens": 4.0}


def endpoint(**options: Any) -> Endpoint:
    return Endpoint.from_options("fast", {"model_name": "m", "base_url": "http://localhost/v1", **options})


def load(requests: int = 100_000, input_tokens: float = 1_500, output_tokens: float = 50, prefix_tokens: float = 0) -> Load:
    return Load(requests, input_tokens, output_tokens, prefix_tokens)


@pytest.mark.parametrize(
    ("text", "hours"), [("24h", 24), ("90m", 1.5), ("2d", 48), ("90", 1.5), (30, 0.5), ("1.5 hours", 1.5), ("45 minutes", 0.75)]
)
def test_a_deadline(text: object, hours: float) -> None:
    assert deadline_hours(text) == hours


@pytest.mark.parametrize("text", ["", "soon", "24x", "-3h", "0h", "h", None])
def test_what_is_no_deadline(text: object) -> None:
    with pytest.raises(ConfigurationError, match="the deadline is wrong. Expected hours or minutes"):
        deadline_hours(text)


def test_a_batch_where_it_is_cheaper_and_in_time() -> None:
    choice = choose(load(), endpoint(**PRICES), 0.5, 24)
    assert (choice.engine, choice.reason) == ("batch", "170.00 USD live against 85.00 as a batch, and 24 h are allowed")


def test_live_calls_where_a_batch_may_come_too_late() -> None:
    assert choose(load(), endpoint(**PRICES), 0.5, 23.9).engine == "async"


def test_a_batch_where_live_calls_would_come_too_late() -> None:
    """5,000 tokens a minute would take months, whatever the price."""
    choice = choose(load(), endpoint(tokens_per_minute=5_000, **PRICES), 0.0, 24)
    assert choice.engine == "batch" and "live calls would take" in choice.reason


def test_a_cached_beginning_can_make_live_calls_cheaper() -> None:
    cheap = endpoint(cached_input_usd_per_million_tokens=0.1, **PRICES)
    long = load(input_tokens=4_000, prefix_tokens=3_900)
    # 3,900 tokens at a tenth, 100 whole and 50 of output: 0.00069; as a batch half of 0.0042.
    choice = choose(long, cheap, 0.5, 24)
    assert choice.engine == "async" and choice.reason.startswith("69.00 USD live against 210.00 as a batch")
    # Too short for any cache.
    assert choose(load(input_tokens=1_000, prefix_tokens=990), cheap, 0.5, 24).engine == "batch"


def test_less_than_a_cent_is_not_worth_a_day() -> None:
    choice = choose(load(requests=10), endpoint(**PRICES), 0.5, 24)
    assert choice.engine == "async" and "less than a cent" in choice.reason


def test_without_prices_the_discount_decides() -> None:
    choice = choose(load(), endpoint(), 0.5, 24)
    assert (choice.engine, choice.reason) == ("batch", "it is 50% cheaper, and 24 h are allowed; no prices are stated")


def flex(requests: int = 1_000, hours: float = 24, **options: Any) -> Choice:
    arguments = {"batch_discount": 0.5, "flex_discount": 0.5, **options}
    prices = arguments.pop("prices", PRICES)
    return choose(load(requests), endpoint(**prices), hours=hours, **arguments)


def test_the_flex_tier_at_a_batchs_price_goes_before_a_batch() -> None:
    choice = flex()
    assert (choice.engine, choice.lane) == ("async", "flex")
    assert choice.reason == "1.70 USD live, 0.85 as a batch, 0.85 in the flex tier"


def test_the_flex_tier_stays_behind_where_it_is_dearer_or_too_late() -> None:
    assert flex(batch_discount=0.6).lane == "batch"
    # 100,000 calls of five minutes, 64 at a time, are five days.
    assert flex(requests=100_000).lane == "batch"
    assert flex(requests=1_000, hours=0.5).lane == "async"
    assert flex(flex_discount=None).lane == "batch"


def test_the_flex_tier_where_a_batch_may_come_too_late() -> None:
    assert flex(hours=2).lane == "flex"
    assert flex(requests=1, hours=2).lane == "async"
    assert flex(hours=2, prices={}).lane == "flex"
    assert flex(hours=2, prices={}, flex_discount=0).lane == "async"


def test_fewer_requests_than_a_job_must_have() -> None:
    assert choose(load(requests=99), endpoint(**PRICES), 0.5, 24, min_requests=100).engine == "async"

"""Windows, rates and what headers say about waiting."""

import asyncio
import time
from email.utils import formatdate

import pytest

from dbt_llm.client.pacing import TokenBucket, Window, duration_s, exhausted_s, retry_after_s


def test_a_bucket_holds_one_seconds_worth() -> None:
    bucket = TokenBucket(per_minute=600)
    assert [bucket.reserve(1, now=100.0) for _ in range(10)] == [100.0] * 10
    assert bucket.reserve(1, now=100.0) == pytest.approx(100.1)
    assert bucket.reserve(1, now=100.0) == pytest.approx(100.2)


def test_a_slow_bucket_lets_one_pass() -> None:
    bucket = TokenBucket(per_minute=6)
    assert bucket.reserve(1, now=100.0) == 100.0
    assert bucket.reserve(1, now=100.0) == pytest.approx(110.0)


def test_more_than_a_burst_passes_when_the_bucket_is_full() -> None:
    bucket = TokenBucket(per_minute=600)
    assert bucket.reserve(50, now=100.0) == 100.0
    assert bucket.reserve(1, now=100.0) == pytest.approx(104.1)


def test_a_bucket_does_not_save_up_more_than_its_burst() -> None:
    bucket = TokenBucket(per_minute=600)
    bucket.reserve(1, now=100.0)
    assert sum(bucket.reserve(1, now=200.0) == 200.0 for _ in range(20)) == 10


def test_settling_moves_the_next() -> None:
    bucket = TokenBucket(per_minute=60)
    bucket.reserve(1, now=100.0)
    bucket.settle(5)
    assert bucket.reserve(1, now=100.0) == pytest.approx(106.0)
    bucket.settle(-6)
    assert bucket.reserve(1, now=100.0) == pytest.approx(101.0)


def test_the_window_doubles_per_round_trip_until_the_first_429() -> None:
    window = Window(largest=512)
    sizes = [window.size]
    for _ in range(3):
        for _ in range(sizes[-1]):
            window.succeeded()
        sizes.append(window.size)
    assert sizes == [16, 32, 64, 128]
    window.throttled(time.monotonic())
    assert window.size == 96
    for _ in range(96):
        window.succeeded()
    assert window.size in (99, 100)


def test_one_round_trip_of_429s_shrinks_the_window_once() -> None:
    window = Window(largest=64)
    sent_at = time.monotonic()
    for _ in range(10):
        window.throttled(sent_at)
    assert window.size == 12


def test_the_window_never_closes_nor_passes_its_largest() -> None:
    window = Window(largest=4)
    for _ in range(20):
        window.succeeded()
    assert window.size == 4
    for _ in range(20):
        window.throttled(time.monotonic())
    assert window.size == 1


def test_places_are_given_in_turn_and_survive_cancelling() -> None:
    async def play() -> list[str]:
        window, order = Window(largest=1), []
        assert window.try_enter()

        async def enter(name: str, *, first: bool = False) -> None:
            await window.enter(first=first)
            order.append(name)
            window.leave()

        tasks = [asyncio.create_task(enter(name)) for name in "abc"]
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(enter("first", first=True)))
        await asyncio.sleep(0)
        tasks[1].cancel()
        window.leave()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert window.in_flight == 0
        return order

    assert asyncio.run(play()) == ["first", "a", "c"]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "3"}, 3.0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "Retry-After": "3"}, 0.25),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers) == seconds


def test_retry_after_a_date_to_come() -> None:
    date = formatdate(time.time() + 60, usegmt=True)
    assert retry_after_s({"Retry-After": date}) == pytest.approx(60, abs=2)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("6m0s", 360),
        ("1s", 1),
        ("20ms", 0.02),
        ("1h2m3.5s", 3723.5),
        ("7", 7),
        ("", None),
        ("x1s", None),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    assert duration_s(text) == (pytest.approx(seconds) if seconds is not None else None)


def test_only_a_limit_that_is_used_up_pauses() -> None:
    reset = {"x-ratelimit-reset-requests": "2s", "x-ratelimit-reset-tokens": "1m"}
    assert exhausted_s({**reset, "x-ratelimit-remaining-requests": "1"}) is None
    assert exhausted_s({**reset, "x-ratelimit-remaining-requests": "0"}) == 2
    assert exhausted_s({**reset, "x-ratelimit-remaining-tokens": "0"}) == 60

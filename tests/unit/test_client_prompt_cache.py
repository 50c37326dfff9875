"""Whole runs on other wire forms: the first call warms the cache, cached tokens are counted and priced, waits are heeded."""

import threading
import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from dbt_llm.client import Endpoint, Limits, Plan, Run, ThrottledError, calls, submit
from dbt_llm.client.limits import Budget
from tests.support.runs import Kept, answer_all, stream
from tests.support.wire import Answer, Sent, Wire

PREFIX = "Read this with care. " * 300
PROMPTS = [f"{PREFIX}message {number}" for number in range(30)]


def message(**usage: int) -> dict[str, Any]:
    return {
        "type": "message", "role": "assistant", "model": "m-1", "stop_reason": "end_turn",
        "content": [{"type": "text", "text": "{}"}], "usage": {"input_tokens": 10, "output_tokens": 5, **usage},
    }  # fmt: skip


class Cache:
    """Anthropic's: what a call has begun with can be read once that call has been answered."""

    def __init__(self, latency_s: float = 0.0) -> None:
        self._kept: set[str] = set()
        self._lock = threading.Lock()
        self._latency_s = latency_s
        self.written = 0

    def __call__(self, sent: Sent) -> Answer:
        content = sent.body["messages"][0]["content"]
        marked = [] if isinstance(content, str) else [part["text"] for part in content if "cache_control" in part]
        if not marked:
            return 200, message(input_tokens=1510)
        with self._lock:
            is_hit = marked[0] in self._kept
        time.sleep(self._latency_s)
        with self._lock:
            self._kept.add(marked[0])
            self.written += not is_hit
        return 200, message(**{"cache_read_input_tokens" if is_hit else "cache_creation_input_tokens": 1500})


def plan(wire: Wire, prefix: str = PREFIX, limits: Any = None, **options: Any) -> Plan:
    given = {"provider": "anthropic", "model_name": "claude-haiku-4-5", "base_url": f"{wire.origin}/v1", **options}
    endpoint = Endpoint.from_options("fast", given)
    return Plan(endpoint, {"max_tokens": 5}, prompt_prefix=prefix, limits=Limits.from_options(limits or {}, endpoint))


PRICED = {"input_usd_per_million_tokens": 1, "output_usd_per_million_tokens": 5}


def test_the_first_call_writes_and_all_others_read() -> None:
    cache = Cache(0.05)
    with Wire(cache) as wire:
        run, kept = answer_all(plan(wire, **PRICED), PROMPTS)
    assert kept.count(None) == 30 and cache.written == 1
    first, *others = wire.sent
    assert all(sent.began_at >= first.ended_at for sent in others)
    # And then they go side by side.
    assert sum(sent.began_at < others[0].ended_at for sent in others) > 1
    assert run.counts.input_tokens == 30 * 1510 and run.counts.cached_input_tokens == 29 * 1500
    dollars = 30 * (10 * 1 + 5 * 5) / 1e6 + 1500 * 1.25 / 1e6 + 29 * 1500 * 0.1 / 1e6
    assert run.counts.cost_usd == pytest.approx(dollars)
    written = [response for response in kept.responses.values() if response.cache_write_tokens]
    assert [response.cache_write_tokens for response in written] == [1500]


def test_without_a_cache_nothing_waits_for_the_first_call() -> None:
    cache = Cache()
    with Wire(cache) as wire:
        run, _ = answer_all(plan(wire, prompt_cache="off"), PROMPTS)
        assert cache.written == 0 and run.counts.cached_input_tokens == 0
    gate = threading.Barrier(2, timeout=10)
    with Wire(lambda _: (gate.wait(), (200, message()))[1]) as wire:
        answer_all(plan(wire, prefix="short"), ["short a", "short b"])


def test_a_first_call_that_fails_warms_as_well() -> None:
    def answer(sent: Sent) -> Answer:
        if len(wire.sent) == 1:
            return 400, {"error": {"type": "invalid_request_error", "message": "prompt is too long"}}
        return 200, message()

    with Wire(answer) as wire:
        _, kept = answer_all(plan(wire), PROMPTS)
    assert kept.count(None) == 29 and kept.count("invalid_request") == 1


@pytest.mark.parametrize(
    ("options", "dollars"),
    [
        ({"provider": "anthropic"}, 10 + 40 * 0.1 + 50 * 1.25),
        ({"provider": "anthropic", "prompt_cache": "1h"}, 10 + 40 * 0.1 + 50 * 2),
        ({"provider": "bedrock", "region": "x", "model_name": "eu.anthropic.claude-x"}, 10 + 40 * 0.1 + 50 * 1.25),
        ({"provider": "bedrock", "region": "x", "model_name": "amazon.nova-lite-v1:0"}, 100),
        ({"provider": "openai"}, 10 + 40 + 50 * 1.25),
        ({"provider": "mistral"}, 10 + 40 * 0.1 + 50),
        ({"provider": "gemini"}, 100),
        ({"provider": "gemini", "cached_input_usd_per_million_tokens": 0.25}, 10 + 40 * 0.25 + 50),
        ({"provider": "openai", "cache_write_usd_per_million_tokens": 0, "cached_input_usd_per_million_tokens": 0}, 10),
    ],
)
def test_prices_of_the_cache(options: dict[str, Any], dollars: float) -> None:
    endpoint = Endpoint.from_options("fast", {"model_name": "m", **PRICED, **options})
    assert endpoint.cost_usd(100, 2, 40, 50) == pytest.approx((dollars + 2 * 5) / 1e6)
    assert endpoint.cost_usd(100, 2) == endpoint.cost_usd(100, 2, 0, 0) == pytest.approx(110 / 1e6)


def test_a_budget_expects_the_write_until_it_is_paid_for() -> None:
    endpoint = Endpoint.from_options("fast", {"provider": "anthropic", "model_name": "m", **PRICED})
    budget = Budget(Limits(cost_usd=1), endpoint, cached_bytes=4000, max_output_tokens=0)
    first = budget.estimate("x" * 4400)
    assert first.cost_usd == pytest.approx((100 + 1000 * 1.25) / 1e6)
    assert budget.set_aside(first) is None
    budget.settle(first, 1100, 0, 0, 1000)
    assert budget.estimate("x" * 4400).cost_usd == pytest.approx(1100 / 1e6)


def test_a_limit_of_cost_counts_cached_tokens_at_their_price() -> None:
    # Thirty uncached requests would cost 0.0454 USD; with the cache they fit.
    with Wire(Cache()) as wire:
        run, kept = answer_all(plan(wire, limits={"cost_usd": 0.012}, **PRICED), PROMPTS)
        assert run.stopped is None and len(kept.responses) == 30 and 0.006 < run.counts.cost_usd <= 0.012
        run, kept = answer_all(plan(wire, prefix="", limits={"cost_usd": 0.012}, **PRICED), PROMPTS)
    assert run.stopped == "limit:cost_usd" and 0 < len(kept.responses) < 9 and run.counts.cost_usd <= 0.012


@pytest.fixture
def short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "BACKOFF_S", 0.01)


@pytest.mark.usefixtures("short_backoff")
def test_an_overloaded_server_uses_up_no_retry() -> None:
    def answer(sent: Sent) -> Answer:
        if len(wire.sent) % 2:
            return 529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
        return 200, message()

    with Wire(answer) as wire:
        made = plan(wire, prefix="")
        run, kept = answer_all(Plan(made.endpoint, made.model_parameters, retries=0), PROMPTS[:5])
    assert kept.count(None) == 5 and run.counts.throttled >= 5


@pytest.mark.parametrize("kind", ["requests", "input-tokens"])
def test_anthropics_exhausted_limits_are_waited_for(kind: str) -> None:
    reset = (datetime.now(timezone.utc) + timedelta(seconds=1.2)).isoformat().replace("+00:00", "Z")
    headers = {
        f"anthropic-ratelimit-{kind}-remaining": "0", f"anthropic-ratelimit-{kind}-reset": reset,
        "anthropic-ratelimit-output-tokens-remaining": "9", "anthropic-ratelimit-output-tokens-reset": "2099-01-01T00:00:00Z",
    }  # fmt: skip
    with Wire(lambda _: (200, message(), headers if len(wire.sent) == 1 else {})) as wire:
        answer_all(plan(wire), PROMPTS[:3])
    assert wire.sent[1].began_at - wire.sent[0].ended_at > 0.8


def test_gemini_asks_for_waits_in_the_body() -> None:
    def answer(sent: Sent) -> Answer:
        if len(wire.sent) == 1:
            detail = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.7s"}
            return 429, {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "x", "details": [detail]}}
        return 200, {"candidates": [{"content": {"parts": [{"text": "{}"}]}, "finishReason": "STOP"}]}

    options = {"provider": "gemini", "model_name": "m"}
    with Wire(answer) as wire:
        _, kept = answer_all(Plan(Endpoint.from_options("fast", {**options, "base_url": wire.origin})), ["a"])
    assert kept.count(None) == 1 and wire.sent[1].began_at - wire.sent[0].ended_at > 0.6


def test_a_days_quota_ends_the_run() -> None:
    violation = {"quotaId": "GenerateRequestsPerDayPerProjectPerModel"}
    error = {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "x", "details": [{"violations": [violation]}]}
    options = {"provider": "gemini", "model_name": "m"}
    with Wire(lambda _: (429, {"error": error})) as wire:
        run, kept = answer_all(Plan(Endpoint.from_options("fast", {**options, "base_url": wire.origin})), PROMPTS)
    assert run.stopped == "throttled" and isinstance(run.error, ThrottledError) and not kept.responses
    assert len(wire.sent) <= 18


@pytest.mark.parametrize(
    ("status", "kind", "words", "remedy"),
    [
        (401, "authentication_error", "invalid x-api-key", "Name the environment variable that holds the key"),
        (404, "not_found_error", "model: m", "Correct the endpoint's model_name or base_url"),
        (400, "invalid_request_error", "Your credit balance is too low to access", "Add some at the provider"),
    ],
)
def test_fatal_answers_end_the_run_with_what_to_do(status: int, kind: str, words: str, remedy: str) -> None:
    with Wire(lambda _: (status, {"type": "error", "error": {"type": kind, "message": words}})) as wire:
        run, kept = answer_all(plan(wire), PROMPTS)
    assert run.stopped == "fatal" and words in str(run.error) and remedy in str(run.error)
    # With a cache to be warmed, not even a window's worth.
    # The first goes alone, and so do the next, as long as nothing is cached.
    assert not kept.responses and len(wire.sent) == 3


def test_usage_of_calls_that_are_billed_and_tried_again_adds_up() -> None:
    def answer(sent: Sent) -> Answer:
        made = message(cache_creation_input_tokens=1500) if len(wire.sent) == 1 else message(cache_read_input_tokens=1500)
        return 200, {**made, "stop_reason": "pause_turn" if len(wire.sent) == 1 else "end_turn"}

    with Wire(answer) as wire:
        made = plan(wire, **PRICED)
        kept = Kept()
        submit(Run(made, stream(PROMPTS[:1]), kept).execute()).result(20)
    (response,) = kept.responses.values()
    assert (response.input_tokens, response.output_tokens) == (3020, 10)
    assert (response.cached_input_tokens, response.cache_write_tokens) == (1500, 1500)
    assert response.cost_usd == pytest.approx((20 + 50 + 1500 * 0.1 + 1500 * 1.25) / 1e6)

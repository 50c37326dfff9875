"""Whole runs against a local server: storms, waits, rates, limits, and the ends that a run can come to."""

import asyncio
import gc
import socket
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_llm.client import (
    FatalEndpointError,
    Request,
    Response,
    Run,
    ThrottledError,
    calls,
    host,
    submit,
)
from dbt_llm.client.pacing import FIRST_WINDOW
from dbt_llm.testing import ChatRequest, Faults, Reply, Server, constant, echo
from tests.support.runs import Kept, answer_all, make_plan, stream

PROMPTS = [f"message {number}" for number in range(200)]


@pytest.fixture
def short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "BACKOFF_S", 0.01)
    monkeypatch.setattr(calls, "LONGEST_BACKOFF_S", 0.05)


@given(
    st.lists(
        st.text(st.characters(codec=None), min_size=1),
        min_size=1,
        max_size=40,
        unique=True,
    )
)
@settings(max_examples=25, deadline=None)
def test_prompts_arrive_exactly(prompts: list[str]) -> None:
    with Server(constant("{}")) as server:
        answer_all(make_plan(server.base_url), prompts)
        assert sorted(server.counters.prompts) == sorted(prompts)


def test_a_response_has_usage_and_times() -> None:
    with Server(constant('{"ok": true}'), Faults(latency_s=0.05)) as server:
        before = time.time()
        plan = make_plan(
            server.base_url,
            input_usd_per_million_tokens=1,
            output_usd_per_million_tokens=2,
        )
        run, kept = answer_all(plan, ["12345678"])
    response = kept.responses["12345678"]
    assert (response.status, response.completion) == ("succeeded", '{"ok": true}')
    assert (response.input_tokens, response.output_tokens) == (2, 3)
    assert response.cost_usd == pytest.approx(8e-6)
    assert response.latency_ms >= 50 and response.response_model == "m-stand-in"
    assert before <= response.requested_at < response.responded_at <= time.time()
    assert run.counts.input_tokens == 2 and run.counts.cost_usd == response.cost_usd


@pytest.mark.usefixtures("short_backoff")
def test_a_storm_loses_nothing_and_repeats_nothing() -> None:
    with Server(faults=Faults(throttle=0.2, error=0.15, drop=0.05, malformed_body=0.02)) as server:
        run, kept = answer_all(make_plan(server.base_url, retries=20), PROMPTS)
        assert len(kept.responses) == kept.count(None) == server.counters.answered == len(PROMPTS)
        assert run.stopped is None and run.counts.calls == server.counters.calls
        assert run.counts.throttled == server.counters.by_status[429] > 0


@pytest.mark.usefixtures("short_backoff")
def test_429s_are_no_retries() -> None:
    with Server(faults=Faults(throttle=[1, 1, 1])) as server:
        _, kept = answer_all(make_plan(server.base_url, retries=0), PROMPTS[:20])
        assert kept.count(None) == 20 and server.counters.calls == 80


@pytest.mark.usefixtures("short_backoff")
@pytest.mark.parametrize(
    ("faults", "error_class"),
    [
        (Faults(error=1, error_status=503), "provider_error"),
        (Faults(timeout=1), "timeout"),
        (Faults(truncated=1), "truncated"),
        (Faults(refusal=1), "refused"),
    ],
)
def test_failures_by_class(faults: Faults, error_class: str) -> None:
    with Server(faults=faults) as server:
        # Only where it is to run out: a busy machine may take longer for an answer.
        plan = make_plan(server.base_url, retries=2, timeout_s=0.2 if error_class == "timeout" else 60)
        run, kept = answer_all(plan, PROMPTS[:5])
        assert kept.count(error_class) == run.counts.failed == 5
        # What may be billed is tried again once.
        assert server.counters.calls == {"provider_error": 15, "timeout": 10}.get(error_class, 5)
        assert all(response.error_message for response in kept.responses.values())


@pytest.mark.usefixtures("short_backoff")
def test_dropped_connections_fail_where_others_succeed() -> None:
    def answer(_: ChatRequest) -> str:
        time.sleep(0.002)
        return "{}"

    with Server(answer, Faults(drop=0.3, seed=4)) as server:
        _, kept = answer_all(make_plan(server.base_url, retries=1), PROMPTS)
    assert kept.count("connection_error") > 0
    assert kept.count(None) + kept.count("connection_error") == len(PROMPTS)


@pytest.mark.usefixtures("short_backoff")
def test_nobody_there_is_fatal() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        run, kept = answer_all(make_plan(base_url, retries=2), PROMPTS)
    assert run.stopped == "fatal" and not kept.responses
    assert "is unreachable" in str(run.error) and base_url in str(run.error)
    # A window's worth in flight and as much waiting for another try, three calls each.
    assert run.counts.calls <= (16 + 17) * 3


@pytest.mark.parametrize("form", ["seconds", "milliseconds", "date"])
def test_retry_after_stops_the_whole_endpoint(form: str) -> None:
    times: list[float] = []

    def answer(_: ChatRequest) -> str | Reply:
        times.append(time.monotonic())
        if len(times) > 1:
            return "{}"
        date = formatdate(time.time() + 2, usegmt=True)
        wait = {"seconds": "1", "milliseconds": "1", "date": date}[form]
        headers = {"Retry-After": wait}
        if form == "milliseconds":
            headers = {"retry-after-ms": "700", "Retry-After": "60"}
        return Reply("slow down", status=429, headers=headers)

    with Server(answer) as server:
        _, kept = answer_all(make_plan(server.base_url, max_in_flight=1), PROMPTS[:30])
    assert kept.count(None) == 30
    waited = times[1] - times[0]
    assert {"seconds": 1.0, "milliseconds": 0.7, "date": 0.9}[form] <= waited < 3


def test_a_long_retry_after_stops_the_run() -> None:
    with Server(faults=Faults(throttle=1, retry_after="3600")) as server:
        run, kept = answer_all(make_plan(server.base_url), PROMPTS)
        assert server.counters.calls <= 18
    assert run.stopped == "throttled" and isinstance(run.error, ThrottledError)
    assert not kept.responses and "asks to wait for 3,600 s" in str(run.error)


@pytest.mark.usefixtures("short_backoff")
def test_being_throttled_for_long_stops_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calls, "LONGEST_THROTTLED_S", 0.3)
    with Server(faults=Faults(throttle=1)) as server:
        run, kept = answer_all(make_plan(server.base_url), PROMPTS)
    assert run.stopped == "throttled" and not kept.responses


def test_a_used_up_rate_limit_pauses() -> None:
    times: list[float] = []

    def answer(_: ChatRequest) -> Reply:
        times.append(time.monotonic())
        left = "0" if len(times) == 1 else "9"
        headers = {
            "x-ratelimit-remaining-requests": left,
            "x-ratelimit-reset-requests": "600ms",
        }
        return Reply("{}", headers=headers)

    with Server(answer) as server:
        answer_all(make_plan(server.base_url, max_in_flight=1), PROMPTS[:3])
    assert times[1] - times[0] >= 0.6


@pytest.mark.usefixtures("short_backoff")
def test_a_quota_that_lets_one_call_through_a_pause_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "LONGEST_THROTTLED_S", 0.5)
    headers = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "200ms"}
    with Server(lambda _: Reply("{}", headers=headers)) as server:
        run, kept = answer_all(make_plan(server.base_url, max_in_flight=1), PROMPTS)
    assert run.stopped == "throttled" and "asks to wait for" in str(run.error)
    # What was answered is kept.
    assert len(kept.responses) == server.counters.answered == 3


def test_requests_per_minute() -> None:
    with Server() as server:
        began_at = time.monotonic()
        answer_all(make_plan(server.base_url, requests_per_minute=3000), PROMPTS[:125])
        took = time.monotonic() - began_at
    # 50 at once, the other 75 at 50 a second.
    assert 1.5 <= took < 3


def test_tokens_per_minute() -> None:
    prompts = [f"{number:04}" * 10 for number in range(60)]
    with Server(constant("x" * 40)) as server:
        plan = make_plan(
            server.base_url,
            tokens_per_minute=30_000,
            model_parameters={"max_tokens": 10},
        )
        began_at = time.monotonic()
        answer_all(plan, prompts)
        took = time.monotonic() - began_at
    # 60 x 20 tokens: 500 at once, the other 700 at 500 a second.
    assert 1.3 <= took < 3


def test_two_runs_share_an_endpoints_rate_and_window() -> None:
    with Server(faults=Faults(latency_s=0.01)) as server:
        plan = make_plan(server.base_url, requests_per_minute=3000, max_in_flight=4)
        sinks = Kept(), Kept()
        began_at = time.monotonic()
        runs = [
            Run(plan, stream([f"{name}{prompt}" for prompt in PROMPTS[:60]]), sink)
            for name, sink in zip("ab", sinks, strict=True)
        ]
        for future in [submit(run.execute()) for run in runs]:
            future.result(30)
        took = time.monotonic() - began_at
        assert server.counters.max_in_flight <= 4
    assert took >= 1.4 and all(len(sink.responses) == 60 for sink in sinks)


def test_the_window_bounds_what_is_in_flight() -> None:
    with Server(faults=Faults(latency_s=0.02)) as server:
        answer_all(make_plan(server.base_url, max_in_flight=30), PROMPTS)
        assert 16 < server.counters.max_in_flight <= 30


@pytest.mark.parametrize("status", [401, 402, 403, 404])
def test_a_fatal_answer_costs_one_window_and_is_remembered(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", "sk-secret")
    invocation_id = uuid.uuid4().hex
    with Server(faults=Faults(status_always=status)) as server:
        plan = make_plan(server.base_url, api_key_env="THE_KEY", invocation_id=invocation_id)
        run, kept = answer_all(plan, PROMPTS)
        assert run.stopped == "fatal" and not kept.responses
        # Three say so, or twenty where it may be the prompts; those in flight are let end.
        assert 3 <= server.counters.calls <= (20 if status == 403 else 3) + 15
        server.counters.reset()
        assert answer_all(plan, PROMPTS)[0].stopped == "fatal"
        assert server.counters.calls == 0
        later = make_plan(server.base_url, api_key_env="THE_KEY", invocation_id="another")
        answer_all(later, PROMPTS)
        assert server.counters.calls > 0
    assert isinstance(run.error, FatalEndpointError)
    sentence = run.error.sentence("enrich", 1200)
    assert sentence.startswith(f"dbt_llm.enrich: endpoint 'fast' answered {status} (")
    assert sentence.endswith("run again; the 1,200 answers so far are kept.")
    assert "sk-secret" not in sentence
    assert ("'THE_KEY'" in sentence) == (status in (401, 403))


@pytest.mark.parametrize(("status", "code"), [(429, "insufficient_quota"), (400, "model_not_found")])
def test_a_fatal_code(status: int, code: str) -> None:
    with Server(faults=Faults(status_always=status, code=code)) as server:
        run, _ = answer_all(make_plan(server.base_url), PROMPTS)
        assert run.stopped == "fatal" and server.counters.calls <= 18


def test_answers_in_flight_at_a_fatal_one_are_kept() -> None:
    def answer(request: ChatRequest) -> str | Reply:
        if request.prompt in PROMPTS[7:10]:
            return Reply("bad key", status=401)
        return "{}"

    with Server(answer) as server:
        run, kept = answer_all(make_plan(server.base_url, max_in_flight=16), PROMPTS)
        assert server.counters.answered == kept.count(None) == run.counts.succeeded > 0
    assert run.stopped == "fatal"


def test_a_missing_key_is_fatal_without_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THE_KEY", raising=False)
    with Server() as server:
        run, _ = answer_all(make_plan(server.base_url, api_key_env="THE_KEY"), PROMPTS)
        assert (run.stopped, server.counters.calls) == ("fatal", 0)
    assert "'THE_KEY'" in str(run.error)


def test_only_refused_requests_are_a_fault_of_the_task() -> None:
    with Server(faults=Faults(status_always=400)) as server:
        run, kept = answer_all(make_plan(server.base_url), PROMPTS)
        assert run.stopped == "fatal" and not kept.responses
        assert server.counters.calls < 20 + 16
    assert "answered 400" in str(run.error) and "first 20 requests" in str(run.error)


def test_refused_requests_are_kept_once_one_succeeds() -> None:
    def answer(request: ChatRequest) -> str | Reply:
        number = int(request.prompt.split()[1])
        return Reply("too long", status=400) if number < 15 else "{}"

    with Server(answer) as server:
        run, kept = answer_all(make_plan(server.base_url), PROMPTS)
        assert (kept.count("invalid_request"), kept.count(None)) == (15, 185)
        assert server.counters.calls == 200 and run.stopped is None
        run, kept = answer_all(make_plan(server.base_url), PROMPTS[:10])
        assert run.stopped == "unanswered" and not kept.responses


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("requests", 37),
        ("input_tokens", 100),
        ("output_tokens", 111),
        ("cost_usd", 3e-4),
    ],
)
def test_a_limit_is_never_passed_and_nearly_used_up(name: str, limit: float) -> None:
    prices = {"input_usd_per_million_tokens": 1, "output_usd_per_million_tokens": 2}
    with Server(constant("x" * 9), Faults(error=0.1)) as server:
        plan = make_plan(
            server.base_url,
            limits={name: limit},
            model_parameters={"max_tokens": 8},
            **prices,
        )
        run, kept = answer_all(plan, PROMPTS)
    counts = run.counts
    used = {
        "requests": counts.sent,
        "input_tokens": counts.input_tokens,
        "output_tokens": counts.output_tokens,
        "cost_usd": counts.cost_usd,
    }[name]
    assert limit * 0.85 <= used <= limit
    assert run.stopped == f"limit:{name}" and counts.answered == counts.sent == len(kept.responses)


def test_a_limit_that_is_just_enough_stops_nothing() -> None:
    with Server() as server:
        run, _ = answer_all(make_plan(server.base_url, limits={"requests": 200}), PROMPTS)
    assert run.stopped is None and run.counts.succeeded == 200


def test_a_limit_cuts_off_none_of_those_that_wait_for_the_rate() -> None:
    with Server() as server:
        plan = make_plan(server.base_url, limits={"requests": 12}, requests_per_minute=300)
        run, kept = answer_all(plan, PROMPTS)
    assert len(kept.responses) == 12 and run.stopped == "limit:requests"


def test_an_interrupted_run_keeps_what_came_and_ends_soon() -> None:
    with Server(echo, Faults(latency_s=0.02, slow=0.1, slow_s=60)) as server:
        kept = Kept()
        run = Run(make_plan(server.base_url), stream(PROMPTS), kept)
        future = submit(run.execute())
        while server.counters.answered < 20:
            time.sleep(0.01)
        began_at = time.monotonic()
        run.interrupt()
        future.result(10)
        assert time.monotonic() - began_at < 4
        assert len(kept.responses) == server.counters.answered and kept.is_closed
    assert run.stopped == "interrupted"


def test_a_sink_that_fails_ends_the_run() -> None:
    class Full(Kept):
        def keep(self, *_: object) -> None:
            raise OSError("the disk is full")

    with Server(faults=Faults(latency_s=0.01)) as server:
        run = Run(make_plan(server.base_url), stream(PROMPTS), Full())
        with pytest.raises(OSError, match="disk is full"):
            submit(run.execute()).result(10)
        assert server.counters.calls <= 64


def test_large_prompts() -> None:
    prompt = "ä" * 3_000_000
    with Server(constant("{}")) as server:
        _, kept = answer_all(make_plan(server.base_url), [prompt])
        assert server.counters.prompts == [prompt] and kept.count(None) == 1


def test_garbage_is_seldom_collected_while_a_run_goes_on_and_as_before_after_it() -> None:
    before = gc.get_threshold()
    seen: list[tuple[int, int]] = []

    def answer(_: ChatRequest) -> str:
        seen.append((gc.get_threshold()[0], gc.get_freeze_count()))
        return "{}"

    async def execute(run: Run, is_waited_for: threading.Event) -> None:
        while not is_waited_for.is_set():
            await asyncio.sleep(0.01)
        await run.execute()

    def wait(run: Run) -> None:
        is_waited_for = threading.Event()
        host.wait(submit(execute(run, is_waited_for)), run, is_waited_for.set)

    with Server(answer) as server, ThreadPoolExecutor(2) as threads:
        runs = [Run(make_plan(server.base_url), stream(PROMPTS[:20]), Kept()) for _ in range(2)]
        list(threads.map(wait, runs))
    assert len(seen) == 40
    assert min(threshold for threshold, _ in seen) >= 50_000 and min(frozen for _, frozen in seen) > 0
    assert gc.get_threshold() == before and gc.get_freeze_count() == 0


class Tight(Kept):
    """A sink that has no room after the first answer, and for whoever waits has it a while later."""

    has_room = True

    def keep(self, request: Request, response: Response) -> None:
        self.has_room = bool(self.responses)
        super().keep(request, response)

    async def wait_for_room(self) -> None:
        if not self.has_room:
            self.has_room = True
            await asyncio.sleep(0.1)


def test_who_waits_for_room_may_find_the_last_request_taken() -> None:
    with Server(echo, Faults(latency_s=0.02)) as server:
        kept = Tight()
        # One more than the first window: it is left when the first answers come.
        run = Run(make_plan(server.base_url), stream([f"message {n}" for n in range(FIRST_WINDOW + 1)]), kept)
        submit(run.execute()).result(30)
    assert (run.stopped, len(kept.responses)) == (None, FIRST_WINDOW + 1)

"""The table of verdicts, cell by cell: what a run of 1, 3, 25 and 3,000 requests does with each trouble. No socket is opened."""

import asyncio
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from dbt_llm.client import Endpoint, Limits, Plan, Request, Run, UnansweredError, calls, submit
from dbt_llm.client import run as client_run
from dbt_llm.client.connections import Answer, Connection
from dbt_llm.client.outcomes import Trouble, parsed
from dbt_llm.client.pacing import Gate
from dbt_llm.client.verdicts import CELLS
from tests.support.runs import Kept

Said = tuple[int, dict[str, str], bytes] | BaseException
SIZES = (1, 3, 25, 3_000)


def said(status: int, message: str = "no", code: str | None = None, **headers: str) -> Said:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, named, json.dumps({"error": {"message": message, "code": code}}).encode()


def chat(content: Any = "{}", finish_reason: str = "stop", status: int = 200, usage: bool = True, **message: Any) -> Said:
    body = {"choices": [{"message": {"content": content, **message}, "finish_reason": finish_reason}]}
    if usage:
        body["usage"] = {"prompt_tokens": 3, "completion_tokens": 1}
    return status, {}, json.dumps(body).encode()


class Told:
    """A session that answers each prompt as a function says, at once."""

    def __init__(self, answer: Callable[[str], Said]) -> None:
        self.prompts: list[str] = []
        self._answer = answer

    async def post(self, body: bytes, headers: object) -> Answer:
        prompt = json.loads(body)["messages"][-1]["content"]
        self.prompts.append(prompt)
        await asyncio.sleep(0)
        answer = self._answer(prompt)
        if isinstance(answer, BaseException):
            raise answer
        status, named, content = answer
        return Answer(status, named, content, parsed(content))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "BACKOFF_S", 0.0)


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Run, Kept, Told]]:
    def ask(
        answer: Callable[[str], Said],
        prompts: int,
        *,
        attempt: int = 0,
        limits: dict[str, float] | None = None,
        parameters: dict[str, Any] | None = None,
        **options: Any,
    ) -> tuple[Run, Kept, Told]:
        endpoint = Endpoint.from_options("fast", {"model_name": "m", "base_url": "http://x/v1", **options})
        told, kept = Told(answer), Kept()

        def connection_to(endpoint: Endpoint, url: str) -> Connection:
            return Connection(Gate(endpoint), told, None, endpoint)  # type: ignore[arg-type]

        async def stream() -> Any:
            yield [Request(str(number), str(number), attempt) for number in range(prompts)]

        monkeypatch.setattr(client_run, "connection_to", connection_to)
        plan = Plan(endpoint, parameters or {}, limits=Limits.from_options(limits or {}, endpoint), retries=2)
        run = Run(plan, stream(), kept)
        submit(run.execute()).result(60)
        return run, kept, told

    return ask


REFUSED_CONNECTION = aiohttp.ClientConnectorError(
    aiohttp.client_reqrep.ConnectionKey("x", 80, False, True, None, None, None), OSError("refused")
)
REFUSED_BY_PROXY = aiohttp.ClientHttpProxyError(
    SimpleNamespace(real_url="http://x/v1"),
    (),
    status=407,
    message="Proxy Authentication Required",  # type: ignore[arg-type]
)
PAGE: Said = (403, {}, b"<!DOCTYPE html><h1>Sorry, you have been blocked</h1>")
TPM = (
    "Request too large for m in organization o on tokens per min (TPM): Limit 3000, Requested 3100."
    " The input or output tokens must be reduced in order to run successfully."
)

TROUBLES: list[tuple[str, Trouble, Said]] = [
    ("too long", Trouble.OWN, said(400, "This model's maximum context length is 10 tokens.", "context_length_exceeded")),
    ("too large for the quota", Trouble.TOO_LARGE, said(429, TPM, "rate_limit_exceeded")),
    ("too large for the gateway", Trouble.TOO_LARGE, said(413, "request_too_large")),
    ("400", Trouble.REFUSED, said(400, "'response_format.type' must be 'json_schema' or 'text'")),
    ("422", Trouble.REFUSED, said(422)),
    ("403", Trouble.BLOCKED, PAGE),
    ("a page", Trouble.BLOCKED, (200, {}, b"  <html>log in</html>")),
    ("401", Trouble.MISSET, said(401)),
    ("402", Trouble.MISSET, said(402)),
    ("404", Trouble.MISSET, said(404)),
    ("405", Trouble.MISSET, (405, {}, b"<html>405 Not Allowed</html>")),
    ("407", Trouble.MISSET, said(407)),
    ("407 of an HTTPS proxy", Trouble.MISSET, REFUSED_BY_PROXY),
    ("a redirect", Trouble.MISSET, (302, {"Location": "/login"}, b"")),
    ("no quota", Trouble.MISSET, said(429, code="insufficient_quota")),
    ("nobody there", Trouble.UNREACHABLE, REFUSED_CONNECTION),
    ("no way to connect", Trouble.UNREACHABLE, aiohttp.ConnectionTimeoutError()),
    ("put off", Trouble.PUT_OFF, said(429, Retry_After="86400")),
    ("put off by a 503", Trouble.PUT_OFF, said(503, Retry_After="86400")),
    ("500", Trouble.BROKEN, said(500)),
    ("an error in a 200", Trouble.BROKEN, said(200, "the provider behind it has failed")),
    ("dropped", Trouble.DROPPED, aiohttp.ServerDisconnectedError()),
    ("no answer in time", Trouble.LATE, TimeoutError()),
    ("504", Trouble.LATE, said(504)),
    ("null", Trouble.EMPTY, chat(None)),
    ("nothing", Trouble.EMPTY, chat("")),
    ("blanks", Trouble.EMPTY, chat(" \n", usage=False)),
    ("thoughts", Trouble.NO_ANSWER, chat(None, reasoning_content='{"ok": true}', tool_calls=[])),
    ("tools", Trouble.NO_ANSWER, chat(None, tool_calls=[{"type": "function"}])),
    ("a stream", Trouble.NO_ANSWER, (200, {}, b'data: {"choices": []}\n\n')),
    ("half a body", Trouble.NO_ANSWER, (200, {}, b'{"choices": [{"mess')),
]
NAMED = {name: (trouble, answer) for name, trouble, answer in TROUBLES}

Cell = tuple[str | None, str | None]
"""Why the run ended early, and the error class of what is kept of the failures; None: neither."""
KEPT_CLASS = {Trouble.BROKEN: "provider_error", Trouble.DROPPED: "connection_error", Trouble.LATE: "timeout"}
ALONE: dict[Trouble, tuple[Cell, Cell, Cell, Cell]] = {
    Trouble.OWN: ((None, "invalid_request"),) * 4,
    Trouble.TOO_LARGE: ((None, "throttled"),) * 4,
    Trouble.REFUSED: (("unanswered", None), ("unanswered", None), ("fatal", None), ("fatal", None)),
    Trouble.BLOCKED: (("unanswered", None), ("unanswered", None), ("fatal", None), ("fatal", None)),
    Trouble.MISSET: (("fatal", None),) * 4,
    Trouble.UNREACHABLE: (("fatal", None),) * 4,
    Trouble.PUT_OFF: (("throttled", None),) * 4,
    Trouble.BROKEN: ((None, "provider_error"), (None, "provider_error"), ("unanswered", None), ("unanswered", None)),
    Trouble.DROPPED: ((None, "connection_error"), (None, "connection_error"), ("fatal", None), ("fatal", None)),
    Trouble.LATE: ((None, "timeout"), (None, "timeout"), ("fatal", "timeout"), ("fatal", "timeout")),
    Trouble.EMPTY: ((None, "provider_error"), (None, "provider_error"), ("fatal", "provider_error"), ("fatal", "provider_error")),
    Trouble.NO_ANSWER: (
        (None, "provider_error"), (None, "provider_error"), ("fatal", "provider_error"), ("fatal", "provider_error"),
    ),
}  # fmt: skip
BESIDE: dict[Trouble, str] = {
    Trouble.OWN: "invalid_request",
    Trouble.TOO_LARGE: "invalid_request",
    Trouble.REFUSED: "invalid_request",
    Trouble.BLOCKED: "provider_error",
    Trouble.MISSET: "provider_error",
    Trouble.UNREACHABLE: "connection_error",
    Trouble.PUT_OFF: "throttled",
    Trouble.BROKEN: "provider_error",
    Trouble.DROPPED: "connection_error",
    Trouble.LATE: "timeout",
    Trouble.EMPTY: "invalid_json",
    Trouble.NO_ANSWER: "provider_error",
}
LATER: dict[Trouble, tuple[Cell, Cell, Cell]] = {
    Trouble.OWN: ((None, "invalid_request"),) * 3,
    Trouble.TOO_LARGE: ((None, "invalid_request"), (None, "throttled"), (None, "throttled")),
    Trouble.REFUSED: ((None, "invalid_request"), (None, "provider_error"), (None, "provider_error")),
    Trouble.BLOCKED: ((None, "provider_error"), ("fatal", None), ("fatal", None)),
    Trouble.MISSET: ((None, "provider_error"), ("fatal", None), ("fatal", None)),
    Trouble.UNREACHABLE: ((None, "connection_error"), ("fatal", None), ("fatal", None)),
    Trouble.PUT_OFF: ((None, "throttled"), ("throttled", None), ("throttled", None)),
    Trouble.BROKEN: ((None, "provider_error"), ("unanswered", None), ("unanswered", None)),
    Trouble.DROPPED: ((None, "connection_error"), ("unanswered", None), ("unanswered", None)),
    Trouble.LATE: ((None, "timeout"), ("unanswered", "timeout"), ("unanswered", "timeout")),
    Trouble.EMPTY: ((None, "invalid_json"), ("unanswered", "provider_error"), ("unanswered", "provider_error")),
    Trouble.NO_ANSWER: ((None, "provider_error"), ("unanswered", "provider_error"), ("unanswered", "provider_error")),
}


def cell(run: Run, kept: Kept) -> Cell:
    """What the run came to; the class of a gateway's answer is its own, as there is one table for all of a trouble."""
    classes = {response.error_class for response in kept.responses.values()} - {None}
    assert len(classes) <= 1, classes
    return run.stopped, next(iter(classes), None)


def own_class(name: str, expected: Cell) -> Cell:
    ours = {("504", "timeout"): "provider_error", ("too large for the gateway", "throttled"): "provider_error"}
    return expected[0], ours.get((name, str(expected[1])), expected[1])


def test_every_trouble_has_a_row_and_a_case() -> None:
    assert set(CELLS) == set(Trouble) == {trouble for _, trouble, _ in TROUBLES} == set(ALONE) == set(BESIDE) == set(LATER)


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("size", SIZES)
def test_alone(name: str, size: int, ask: Callable[..., tuple[Run, Kept, Told]]) -> None:
    trouble, answer = NAMED[name]
    run, kept, told = ask(lambda _: answer, size)
    assert cell(run, kept) == own_class(name, ALONE[trouble][SIZES.index(size)])
    assert len(kept.responses) == run.counts.settled
    if run.stopped is not None:
        # A window in flight, and as many that wait for another try; three calls each.
        assert len(told.prompts) <= 3 * (20 + 2 * 17)
        assert run.error is not None and str(run.error).startswith("endpoint 'fast' ")


ONE_OF_EACH = {trouble: name for name, trouble, _ in reversed(TROUBLES)}.values()


@pytest.mark.parametrize(
    ("name", "size", "place"),
    [
        *[(name, size, "first") for name in NAMED for size in (3, 25)],
        *[(name, 3, "last") for name in NAMED],
        *[(name, 3_000, "first") for name in ONE_OF_EACH],
    ],
)
def test_one_beside_others(name: str, size: int, place: str, ask: Callable[..., tuple[Run, Kept, Told]]) -> None:
    trouble, answer = NAMED[name]
    odd = "0" if place == "first" else str(size - 1)
    run, kept, _ = ask(lambda prompt: answer if prompt == odd else chat(), size)
    assert cell(run, kept) == own_class(name, (None, BESIDE[trouble]))
    assert (kept.count(None), len(kept.responses)) == (size - 1, size)
    assert kept.responses[odd].error_class is not None


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("size", SIZES[1:])
def test_from_then_on(name: str, size: int, ask: Callable[..., tuple[Run, Kept, Told]]) -> None:
    """A third of the requests are answered, up to 40, and no further one."""
    trouble, answer = NAMED[name]
    answered = min(size // 3, 40) if size > 25 else 1
    run, kept, told = ask(lambda prompt: chat() if int(prompt) < answered else answer, size, max_in_flight=1)
    assert cell(run, kept) == own_class(name, LATER[trouble][SIZES.index(size) - 1])
    assert kept.count(None) == answered
    if run.stopped is not None:
        assert len(told.prompts) <= answered + 3 * (20 + 17)


@pytest.mark.parametrize("name", ["403", "500", "dropped"])
def test_what_has_failed_before_is_no_witness(name: str, ask: Callable[..., tuple[Run, Kept, Told]]) -> None:
    """The others were answered by an earlier run: what is left of it uses up its attempts, and brings no error."""
    trouble, answer = NAMED[name]
    run, kept, _ = ask(lambda _: answer, 3, attempt=1)
    assert (cell(run, kept), len(kept.responses)) == ((None, BESIDE[trouble]), 3)
    run, kept, told = ask(lambda _: answer, 3_000, attempt=1)
    assert cell(run, kept) == ("unanswered", BESIDE[trouble]) and len(told.prompts) < 170


@pytest.mark.parametrize("name", ["401", "put off", "nobody there"])
def test_what_is_no_row_s_own_uses_up_no_attempt(name: str, ask: Callable[..., tuple[Run, Kept, Told]]) -> None:
    """Rows that have failed before, and then the key expires: an error, and nothing is kept of it."""
    _, answer = NAMED[name]
    for size in (1, 19, 60):
        run, kept, told = ask(lambda _: answer, size, attempt=1, max_in_flight=1)
        assert run.stopped in ("fatal", "throttled") and not kept.responses and len(told.prompts) <= 3 * 3


@pytest.mark.parametrize(
    "words",
    [
        "This request would exceed your organization's rate limit of 40,000 input tokens per minute. Please reduce the prompt"
        " length or the maximum tokens requested, or try again later.",
        "Number of request tokens has exceeded your per-minute rate limit. Please reduce the prompt length or try again later.",
    ],
)
def test_an_ordinary_429_is_back_pressure(words: str, ask: Callable[..., tuple[Run, Kept, Told]]) -> None:
    seen: set[str] = set()

    def once(prompt: str) -> Said:
        first = prompt not in seen
        seen.add(prompt)
        return said(429, words, "rate_limit_error") if first else chat()

    run, kept, told = ask(once, 25)
    assert run.stopped is None and kept.count(None) == 25 and len(told.prompts) == 50


def test_what_is_billed_is_kept_at_once(ask: Callable[..., tuple[Run, Kept, Told]]) -> None:
    """Held back, its bill would be lost by a kill, and another task would pay it again."""
    _, kept, _ = ask(lambda _: TimeoutError(), 3, max_in_flight=1)
    assert kept.let_go_of == [] and kept.count("timeout") == 3


def test_a_limit_does_not_ask_the_same_for_ever(ask: Callable[..., tuple[Run, Kept, Told]]) -> None:
    run, kept, _ = ask(lambda _: said(400), 50, limits={"requests": 3})
    assert run.stopped == "limit:requests" and kept.count("provider_error") == 3


def test_every_third_blocked_of_3000(ask: Callable[..., tuple[Run, Kept, Told]]) -> None:
    run, kept, _ = ask(lambda prompt: PAGE if int(prompt) % 3 == 0 else chat(), 3_000)
    assert run.stopped is None and (kept.count(None), kept.count("provider_error")) == (2_000, 1_000)


def test_nine_in_ten_refused_of_3000(ask: Callable[..., tuple[Run, Kept, Told]]) -> None:
    """More than are held back: none is final but those beside an answer, and all are asked once."""
    run, kept, told = ask(lambda prompt: chat() if int(prompt) % 50 == 0 else said(400), 3_000, max_in_flight=1)
    assert run.stopped is None and len(kept.responses) == len(told.prompts) == 3_000
    # Of each 49 in a row, those after the 20th are kept before the next answer comes.
    assert kept.count("provider_error") == 60 * 49 and kept.count("invalid_request") == 0


def test_a_first_try_says_what_to_do(ask: Callable[..., tuple[Run, Kept, Told]]) -> None:
    run, kept, _ = ask(lambda _: NAMED["400"][1], 3, structured_output="json")
    assert not kept.responses and isinstance(run.error, UnansweredError)
    sentence = run.error.sentence("enrich", 0)
    assert "must be 'json_schema' or 'text'" in sentence and "structured_output" in sentence
    assert "as to each of the first 3 requests" in sentence and sentence.endswith("nothing was lost.")


@pytest.mark.parametrize(
    ("name", "words"),
    [("thoughts", "reasoning_content"), ("tools", "tool_calls"), ("a stream", "a stream"), ("a page", "a page of HTML")],
)
def test_what_came_is_named(name: str, words: str, ask: Callable[..., tuple[Run, Kept, Told]]) -> None:
    run, _, told = ask(lambda _: NAMED[name][1], 1)
    assert words in str(run.first_failure or run.error)
    assert len(told.prompts) == (3 if name == "a page" else 2)


@pytest.mark.parametrize("status", [201, 202, 203])
def test_a_good_answer_is_an_answer_whatever_2xx_it_has(status: int, ask: Callable[..., tuple[Run, Kept, Told]]) -> None:
    _, kept, told = ask(lambda _: chat('{"ok": true}', status=status), 1)
    assert kept.responses["0"].completion == '{"ok": true}' and len(told.prompts) == 1


PRICED = {"input_usd_per_million_tokens": 1, "output_usd_per_million_tokens": 5}
OUTPUT = {"max_tokens": 2_000}
EACH = 0.010001
"""A call's estimate: a token of input, 2,000 of output."""


@pytest.fixture
def one_late_call() -> Callable[[str], Said]:
    late: set[str] = set()

    def answer(prompt: str) -> Said:
        if prompt in late:
            return chat()
        late.add(prompt)
        return TimeoutError()

    return answer


def test_timeouts_are_bounded_and_counted(ask: Callable[..., tuple[Run, Kept, Told]]) -> None:
    run, kept, told = ask(lambda _: TimeoutError(), 2, limits={"cost_usd": 0.05}, parameters=OUTPUT, **PRICED)
    assert len(told.prompts) == 4 and kept.count("timeout") == 2
    assert run.counts.cost_usd == pytest.approx(4 * EACH)
    assert "2 calls that may be billed" in str(run.first_failure)


def test_a_limit_bounds_timeouts(ask: Callable[..., tuple[Run, Kept, Told]]) -> None:
    run, _, told = ask(lambda _: TimeoutError(), 9, limits={"cost_usd": 0.05}, parameters=OUTPUT, max_in_flight=1, **PRICED)
    assert len(told.prompts) == 4 and run.counts.cost_usd == pytest.approx(4 * EACH)
    assert run.stopped == "limit:cost_usd" and run.counts.cost_usd <= 0.05
    # The retry is a call like any other: here there is no room for it.
    run, _, told = ask(lambda _: TimeoutError(), 9, limits={"cost_usd": 0.015}, parameters=OUTPUT, max_in_flight=1, **PRICED)
    assert len(told.prompts) == 1 and run.counts.cost_usd == pytest.approx(EACH)


def test_a_late_call_is_part_of_what_the_answer_costs(
    ask: Callable[..., tuple[Run, Kept, Told]], one_late_call: Callable[[str], Said]
) -> None:
    _, kept, told = ask(one_late_call, 1, parameters=OUTPUT, **PRICED)
    assert len(told.prompts) == 2 and kept.count(None) == 1
    response = kept.responses["0"]
    # 3 tokens of input and one of output were told, of the other call nothing.
    assert response.cost_usd == pytest.approx(EACH + 8e-6) and response.input_tokens == 3


@pytest.mark.parametrize(
    ("answer", "billed"),
    [
        (said(500), 0.0),
        (said(503), 0.0),
        (aiohttp.ServerDisconnectedError(), 0.0),
        (aiohttp.ClientPayloadError(), 2 * EACH),
        (said(504), 2 * EACH),
        ((200, {}, b"{"), 2 * EACH),
        (chat(None), 2 * 8e-6),
        (chat("yes", usage=False), EACH),
    ],
)
def test_what_may_have_been_billed(answer: Said, billed: float, ask: Callable[..., tuple[Run, Kept, Told]]) -> None:
    run, _, _ = ask(lambda _: answer, 1, parameters=OUTPUT, **PRICED)
    assert run.counts.cost_usd == pytest.approx(billed)


@pytest.mark.parametrize(
    "hint", [{"Retry_After": "0"}, {"Retry_After": "Wed, 21 Oct 2015 07:28:00 GMT"}, {"retry_after_ms": "1"}]
)
def test_a_hint_is_no_reason_to_hurry(
    hint: dict[str, str], ask: Callable[..., tuple[Run, Kept, Told]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "BACKOFF_S", 0.05)
    monkeypatch.setattr(calls, "LONGEST_BACKOFF_S", 0.1)
    monkeypatch.setattr(calls, "LONGEST_THROTTLED_S", 1.0)
    run, kept, told = ask(lambda _: said(429, **hint), 8)
    assert run.stopped == "throttled" and not kept.responses
    # Waits of 0.05 and then 0.1 s, less a quarter at random, for a second.
    assert len(told.prompts) <= 8 * 15


@pytest.mark.parametrize("date", ["Fri, 31 Dec 99999999999999999999 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:59 -1200"])
def test_a_date_beyond_dates_ends_no_run(date: str, ask: Callable[..., tuple[Run, Kept, Told]]) -> None:
    seen: set[str] = set()

    def answer(prompt: str) -> Said:
        if prompt == "0" and prompt not in seen:
            seen.add(prompt)
            return said(429, Retry_After=date)
        return chat()

    run, kept, _ = ask(answer, 3)
    assert run.stopped is None and kept.count(None) >= 2

"""What ties an answer to its call: servers that send answers twice, at any moment, with and without ids."""

import asyncio
import gzip
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from dbt_llm.client import Request, Run, calls, submit
from tests.support.runs import Kept, answer_all, make_plan

PROMPTS = [f"message {number}" for number in range(24)]


@pytest.fixture(autouse=True)
def _short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "BACKOFF_S", 0.01)


class Line:
    """One connection of the server, as the test's handler sees it."""

    def __init__(self, connection: socket.socket) -> None:
        self.before = b""
        self._connection = connection
        self._reader = connection.makefile("rb")

    def prompt(self) -> str | None:
        """The prompt of the next request; None where the client hangs up."""
        length = 0
        while (line := self._reader.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        content = self._reader.read(length)
        return None if not content else str(json.loads(content)["messages"][0]["content"])

    def send(self, *parts: bytes) -> None:
        self._connection.sendall(b"".join(parts))

    def hang_up(self) -> None:
        self._connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def serving(handle: Callable[[Line, str], None]) -> Iterator[tuple[str, list[str]]]:
    """A server that has `handle` answer each request; its base URL, and the prompts that it was asked."""
    asked: list[str] = []
    opened: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        line = Line(connection)
        try:
            while (prompt := line.prompt()) is not None:
                asked.append(prompt)
                handle(line, prompt)
        except OSError:
            """The client has closed it."""

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            opened.append(connection)
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        threading.Thread(target=accept, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1", asked
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            for connection in opened:
                connection.close()


def answer(prompt: str, answer_id: str | None, *, status: str = "200 OK", headers: str = "", pack: Any = None) -> bytes:
    choice = {"message": {"role": "assistant", "content": prompt}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 3, "completion_tokens": 1}
    body: dict[str, Any] = {"choices": [choice], "usage": usage}
    if answer_id is not None:
        body["id"] = answer_id
    content = json.dumps(body).encode()
    content = content if pack is None else pack(content)
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{headers}Content-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


async def slowly(prompts: Sequence[str], ended: list[str]) -> AsyncIterator[list[Request]]:
    """One after another, once the server has sent whatever else it sends, while no call is out."""
    for prompt in prompts:
        yield [Request(prompt, prompt)]
        while prompt not in ended:
            await asyncio.sleep(0.002)
        await asyncio.sleep(0.02)


def answer_slowly(base_url: str, prompts: Sequence[str], ended: list[str]) -> Kept:
    kept = Kept()
    submit(Run(make_plan(base_url), slowly(prompts, ended), kept).execute()).result(30)
    return kept


IDS: dict[str, Callable[[str], str | None]] = {
    "ids": lambda prompt: f"id of {prompt}",
    "no ids": lambda _: None,
    "one id": lambda _: "chatcmpl-123",
}


@pytest.mark.parametrize("ids", IDS)
@pytest.mark.parametrize("moment", ["with it", "after the next"])
@pytest.mark.parametrize("in_flight", [1, 6])
def test_no_answer_goes_to_another_prompt(ids: str, moment: str, in_flight: int) -> None:
    def handle(line: Line, prompt: str) -> None:
        whole = answer(prompt, IDS[ids](prompt))
        line.send(line.before, whole, whole if moment == "with it" else b"")
        line.before = whole if moment == "after the next" else b""

    with serving(handle) as (base_url, asked):
        _, kept = answer_all(make_plan(base_url, max_in_flight=in_flight), PROMPTS)
    assert {prompt: response.completion for prompt, response in kept.responses.items()} == {p: p for p in PROMPTS}
    if moment == "with it":
        # Where nothing is in doubt, nothing is paid twice; that a server has one id only is found out once.
        assert len(asked) <= len(PROMPTS) + (in_flight if ids == "one id" else 0)


@pytest.mark.parametrize("ids", IDS)
@pytest.mark.parametrize("part", [1, 20, 150, None])
def test_what_comes_while_no_call_is_out_closes_the_line(ids: str, part: int | None) -> None:
    def handle(line: Line, prompt: str) -> None:
        whole = answer(prompt, IDS[ids](prompt))
        line.send(whole)
        time.sleep(0.004)
        try:
            line.send(whole[:part])
        finally:
            ended.append(prompt)

    ended: list[str] = []
    with serving(handle) as (base_url, asked):
        kept = answer_slowly(base_url, PROMPTS[:8], ended)
    assert {prompt: response.completion for prompt, response in kept.responses.items()} == {p: p for p in PROMPTS[:8]}
    # One more where the server has one id, and one where this machine was so busy that the bytes came late.
    assert len(asked) <= 10


@pytest.mark.parametrize("ids", ["ids", "no ids"])
def test_a_sound_server_is_asked_once_for_each(ids: str) -> None:
    lines = set()

    def handle(line: Line, prompt: str) -> None:
        lines.add(line)
        line.send(answer(prompt, IDS[ids](prompt)))

    with serving(handle) as (base_url, asked):
        run, kept = answer_all(make_plan(base_url, max_in_flight=4), PROMPTS)
    assert len(asked) == run.counts.calls == kept.count(None) == len(PROMPTS)
    # What cannot be told apart does not share a line.
    assert (len(lines) <= 4) if ids == "ids" else (len(lines) == len(PROMPTS))


def test_a_line_that_has_rested_for_long_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its server may be about to close it."""
    lines = set()

    def handle(line: Line, prompt: str) -> None:
        lines.add(line)
        line.send(answer(prompt, prompt))
        ended.append(prompt)

    for most_s, count in ((60.0, 1), (0.0, 3)):
        monkeypatch.setattr("dbt_llm.client.lines._KEEP_ALIVE_S", most_s)
        lines.clear()
        ended: list[str] = []
        with serving(handle) as (base_url, asked):
            kept = answer_slowly(base_url, PROMPTS[:3], ended)
        assert kept.count(None) == len(asked) == 3 and len(lines) == count


def test_what_a_server_says_before_its_answer_is_none() -> None:
    def handle(line: Line, prompt: str) -> None:
        line.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", answer(prompt, prompt))

    with serving(handle) as (base_url, asked):
        _, kept = answer_all(make_plan(base_url, max_in_flight=2), PROMPTS)
    assert {prompt: response.completion for prompt, response in kept.responses.items()} == {p: p for p in PROMPTS}
    assert len(asked) == len(PROMPTS)


def test_a_prompt_of_megabytes_goes_there_and_back() -> None:
    long = "a" * (3 << 20)
    with serving(lambda line, prompt: line.send(answer(prompt, prompt))) as (base_url, _):
        _, kept = answer_all(make_plan(base_url), [long])
    assert kept.responses[long].completion == long


@pytest.mark.parametrize("pause_s", [0.0, 0.02])
@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"a" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\n",
        b"",
    ],
    ids=["no HTTP", "no length", "a header without end", "no chunk", "nothing"],
)
def test_what_is_no_answer_fails_the_request_and_no_more(said: bytes, pause_s: float) -> None:
    """Whether it comes at once or in two pieces."""

    def handle(line: Line, prompt: str) -> None:
        if prompt == PROMPTS[5]:
            at = len(said) - 4
            line.send(said[:at])
            time.sleep(pause_s)
            line.send(said[at:])
            line.hang_up()
        line.send(answer(prompt, prompt))

    with serving(handle) as (base_url, asked):
        run, kept = answer_all(make_plan(base_url, max_in_flight=2, retries=1), PROMPTS)
    assert run.stopped is None and len(asked) == len(PROMPTS) + 1
    assert kept.count(None) == len(PROMPTS) - 1 and kept.count("connection_error") == 1


def test_half_an_answer_is_given_up_in_time() -> None:
    def handle(line: Line, prompt: str) -> None:
        line.send(answer(prompt, prompt)[:-5])
        time.sleep(1)

    with serving(handle) as (base_url, asked):
        _, kept = answer_all(make_plan(base_url, retries=3, timeout_s=0.2), PROMPTS[:1])
    assert kept.count("timeout") == 1 and len(asked) == 2


def test_a_copy_is_counted_as_paid() -> None:
    def handle(line: Line, prompt: str) -> None:
        line.send(line.before, answer(prompt, prompt))
        line.before = line.before or answer(prompt, prompt)

    with serving(handle) as (base_url, asked):
        run, _ = answer_all(make_plan(base_url, max_in_flight=1), PROMPTS[:2])
    assert len(asked) == 3 and run.counts.input_tokens == 9


def bomb(size: int) -> Callable[[bytes], bytes]:
    return lambda _: gzip.compress(b" " * size)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_without_end_is_given_up(chunked: bool) -> None:
    sent = 0

    def handle(line: Line, prompt: str) -> None:
        nonlocal sent
        if chunked:
            line.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for sent in range(64):  # noqa: B007
                line.send(b"100000\r\n", b" " * (1 << 20), b"\r\n")
        else:
            line.send(answer(prompt, prompt, headers="Content-Encoding: gzip\r\n", pack=bomb(64 << 20)))

    with serving(handle) as (base_url, asked):
        _, kept = answer_all(make_plan(base_url, retries=3), PROMPTS[:1])
    (response,) = kept.responses.values()
    said = "answered with more than any answer may have; 2 calls that may be billed"
    assert (response.error_class, response.error_message) == ("provider_error", said)
    assert len(asked) == 2 and sent < 60


def test_a_packed_answer_is_read() -> None:
    def handle(line: Line, prompt: str) -> None:
        line.send(answer(prompt, prompt, headers="Content-Encoding: gzip\r\n", pack=gzip.compress))

    with serving(handle) as (base_url, _):
        _, kept = answer_all(make_plan(base_url), PROMPTS)
    assert kept.count(None) == len(PROMPTS)

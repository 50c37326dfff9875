"""Which proxy a URL goes through, and that nobody is shown its password."""

import base64
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dbt_llm.client import FatalEndpointError
from dbt_llm.client.proxies import proxy_of
from tests.support.loopback import Answer, Asked, Loopback
from tests.support.runs import answer_all, make_plan
from tests.unit.test_client_wire import certificate

PROXY = "http://proxy.example:3128"
URL = "https://api.example.com/v1"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST", "localhost.", "llm.localhost", "127.0.0.1", "127.8.9.1", "[::1]", "[0:0:0:0:0:0:0:1]"]
)
def test_this_machine_is_never_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, PROXY)
    assert proxy_of(f"http://{host}:11434/v1") is None
    assert proxy_of("http://localhost.example.com:11434/v1") == PROXY


@pytest.mark.parametrize(
    ("variable", "url", "expected"),
    [
        ("HTTPS_PROXY", URL, PROXY),
        ("https_proxy", URL, PROXY),
        ("HTTP_PROXY", URL, None),
        ("ALL_PROXY", URL, PROXY),
        ("ALL_PROXY", "http://gpu.example/v1", PROXY),
        ("HTTP_PROXY", "http://gpu.example/v1", PROXY),
    ],
)
def test_the_variables_of_curl(monkeypatch: pytest.MonkeyPatch, variable: str, url: str, expected: str | None) -> None:
    monkeypatch.setenv(variable, PROXY)
    assert proxy_of(url) == expected


def test_a_proxy_without_a_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "proxy.example:3128")
    assert proxy_of(URL) == PROXY


@pytest.mark.parametrize(
    ("entries", "url", "is_excepted"),
    [
        ("example.com", URL, True),
        (".example.com", URL, True),
        ("*.example.com", URL, True),
        ("api.example.com", URL, True),
        ("other, example.com", URL, True),
        ("other example.com", URL, True),
        ("EXAMPLE.com.", URL, True),
        ("*", URL, True),
        ("ample.com", URL, False),
        ("www.example.com", URL, False),
        ("com.example", URL, False),
        ("", URL, False),
        ("example.com:443", URL, True),
        ("example.com:8443", URL, False),
        ("example.com:8443", "https://api.example.com:8443/v1", True),
        ("example.com:80", "http://api.example.com/v1", True),
        ("10.0.0.0/8", "http://10.1.2.3:8000/v1", True),
        ("10.0.0.0/8", "http://11.1.2.3:8000/v1", False),
        ("10.1.2.3", "http://10.1.2.3:8000/v1", True),
        ("10.1.2.3:8000", "http://10.1.2.3:8000/v1", True),
        ("10.1.2.3:8001", "http://10.1.2.3:8000/v1", False),
        ("1.2.3", "http://10.1.2.3:8000/v1", False),
        ("fd00::/8", "http://[fd12::1]:8000/v1", True),
        ("fd12::1", "http://[fd12::1]:8000/v1", True),
        ("[fd12::1]", "http://[fd12:0::1]:8000/v1", True),
        ("[fd12::1]:8000", "http://[fd12::1]:8000/v1", True),
        ("[fd12::1]:8001", "http://[fd12::1]:8000/v1", False),
        ("fd13::/16", "http://[fd12::1]:8000/v1", False),
    ],
)
def test_exceptions(monkeypatch: pytest.MonkeyPatch, entries: str, url: str, is_excepted: bool) -> None:
    monkeypatch.setenv("HTTP_PROXY", PROXY)
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", entries)
    assert (proxy_of(url) is None) == is_excepted


def test_socks_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5h://user:secret@proxy.example:1080")
    with pytest.raises(FatalEndpointError, match=r"'socks5h://proxy\.example:1080'.*api\.example\.com.*NO_PROXY"):
        proxy_of(URL)
    run, kept = answer_all(make_plan(URL), ["a"])
    assert run.stopped == "fatal" and not kept.responses and "secret" not in str(run.error)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxys_password_is_sent_and_never_shown(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    """A proxy that refuses: 407, to a CONNECT or to the call itself."""
    asked: list[Asked] = []

    def refuse(request: Asked) -> Answer:
        asked.append(request)
        return Answer({}, status=407)

    with Loopback(refuse) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url.replace("//", "//user:s%40cret@"))
        plan = make_plan(f"{scheme}://llm.invalid/v1", retries=0, headers={"x-gateway-key": "s3cret"})
        run, kept = answer_all(plan, ["a"])
    shown = f"{run.error} {run.first_failure} {[response.error_message for response in kept.responses.values()]}"
    assert "407" in shown
    assert "cret" not in shown and "user" not in shown
    if scheme == "http":
        assert base64.b64decode(asked[0].headers["Proxy-Authorization"].split()[1]) == b"user:s@cret"
    else:
        # What is for the endpoint goes through the tunnel only.
        assert [request.method for request in asked] == ["CONNECT"] and "s3cret" not in str(asked[0].headers)


@contextmanager
def going_between(port: int) -> Iterator[tuple[str, list[bytes]]]:
    """A proxy to a port of this machine, by a tunnel or not; its URL, and the heads that it was sent, one for each connection."""
    heads: list[bytes] = []

    def pass_on(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(1 << 16):
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)

    def serve(client: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.recv(1)
        heads.append(head)
        server = socket.create_connection(("127.0.0.1", port))
        if head.startswith(b"CONNECT"):
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            server.sendall(head)
        threading.Thread(target=pass_on, args=(client, server), daemon=True).start()
        pass_on(server, client)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://user:s%40cret@127.0.0.1:{listener.getsockname()[1]}", heads
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_calls_go_through_a_proxy_on_lines_that_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, scheme: str) -> None:
    context = None
    if scheme == "https":
        cert, key = certificate(tmp_path, "server", "DNS:llm.invalid")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(cert))
    prompts = [f"message {number}" for number in range(12)]
    ids = count()

    def answer(_: Asked) -> Answer:
        return Answer({"id": f"answer {next(ids)}", "choices": [{"message": {"content": "{}"}, "finish_reason": "stop"}]})

    with Loopback(answer, ssl_context=context) as server, going_between(urlsplit(server.url).port or 0) as (proxy, heads):
        monkeypatch.setenv("ALL_PROXY", proxy)
        plan = make_plan(f"{scheme}://llm.invalid/v1", max_in_flight=2, headers={"x-gateway-key": "s3cret"}, query={"v": "1"})
        _, kept = answer_all(plan, prompts)
    assert kept.count(None) == len(server.asked) == len(prompts)
    assert {request.headers["x-gateway-key"] for request in server.asked} == {"s3cret"}
    assert {request.headers["Host"] for request in server.asked} == {"llm.invalid"}
    # A line each for two calls at once, and the first bytes are for the proxy.
    assert 1 <= len(heads) <= 2
    first = b"CONNECT llm.invalid:443 " if scheme == "https" else b"POST http://llm.invalid/v1/chat/completions?v=1 "
    assert all(head.startswith(first) and b"Proxy-Authorization: Basic " in head for head in heads)
    if scheme == "https":
        assert not any(b"s3cret" in head for head in heads)
        assert not any("Proxy-Authorization" in request.headers for request in server.asked)


def test_prompts_for_this_machine_reach_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    choice = {"message": {"content": "{}"}, "finish_reason": "stop"}
    with Loopback(lambda _: Answer({"choices": [choice]})) as proxy, Loopback(lambda _: Answer({"choices": [choice]})) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        _, kept = answer_all(make_plan(f"{server.url.replace('127.0.0.1', 'localhost')}/v1"), ["a"])
    assert kept.count(None) == len(server.asked) == 1 and not proxy.asked

"""What else a connection is told and bears: headers and parameters of the endpoint, certificates, keys that change, forks."""

import errno
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from dbt_llm.client import Endpoint, FatalEndpointError, calls, submit
from dbt_llm.client.endpoint import read_key_from
from dbt_llm.client.pacing import Gate
from dbt_llm.client.tls import tls_context
from dbt_llm.reach import reach
from dbt_llm.testing import Faults, Server, constant
from tests.support.loopback import Answer, Asked, Loopback
from tests.support.runs import answer_all, make_plan

CHOICE = {"message": {"content": "{}"}, "finish_reason": "stop"}
PROMPTS = [f"message {number}" for number in range(30)]


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback(lambda _: Answer({"choices": [CHOICE]})) as running:
        yield running


def test_headers_and_parameters_of_an_endpoint_are_sent(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_KEY", "s3cret&")
    plan = make_plan(
        f"{server.url}/v1",
        headers={"x-team": "data", "x-gateway-key": {"env": "GATEWAY_KEY"}},
        query={"api-version": "2024-10-21", "sig": {"env": "GATEWAY_KEY"}},
    )
    answer_all(plan, ["a"])
    (asked,) = server.asked
    assert (asked.headers["x-team"], asked.headers["x-gateway-key"]) == ("data", "s3cret&")
    assert (asked.path, asked.query) == ("/v1/chat/completions", {"api-version": "2024-10-21", "sig": "s3cret&"})


def test_doctor_asks_as_calls_do(server: Loopback) -> None:
    endpoint = {
        "model_name": "m",
        "provider": "openai",
        "base_url": server.url,
        "headers": {"x-team": "data"},
        "query": {"v": "1"},
    }
    assert json.loads(reach(json.dumps({"endpoint_name": "fast", "endpoint": endpoint}))) == []
    (asked,) = server.asked
    assert (asked.path, asked.query, asked.headers["x-team"]) == ("/models", {"v": "1"}, "data")


def test_a_header_whose_variable_is_not_set_is_told(server: Loopback) -> None:
    run, _ = answer_all(make_plan(f"{server.url}/v1", headers={"x-key": {"env": "NOT_SET_ANYWHERE"}}), ["a"])
    assert run.stopped == "fatal" and not server.asked
    assert "'x-key' of its headers" in str(run.error) and "'NOT_SET_ANYWHERE'" in str(run.error)


@pytest.mark.parametrize(
    "options",
    [
        {"headers": {"Authorization": "Bearer s3cret"}},
        {"headers": {"x-a": 7}},
        {"headers": {"x a": "s3cret"}},
        {"headers": {"x-a": "s3cret\nx-b: c"}},
        {"headers": {"x-a": {"env": "sk-s3cret"}}},
        {"query": {"a": ["s3cret"]}},
        {"query": {"a": "s3cret"}, "provider": "bedrock", "region": "eu-west-1"},
        {"client_key": "s3cret.pem"},
    ],
)
def test_wrong_settings_are_told_without_their_values(options: dict[str, Any]) -> None:
    with pytest.raises(Exception, match=r"endpoint 'fast' has a ") as raised:
        Endpoint.from_options("fast", {"model_name": "m", "base_url": "http://host/v1", **options})
    assert "s3cret" not in str(raised.value)


def test_an_authority_that_cannot_be_read_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    for path in (tmp_path / "ca.pem", tmp_path / "missing.pem"):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
        with pytest.raises(FatalEndpointError, match="REQUESTS_CA_BUNDLE"):
            tls_context()
        run, _ = answer_all(make_plan(f"https://127.0.0.1:9/{path.name}"), ["a"])
        assert run.stopped == "fatal" and "cannot be read" in str(run.error)


def certificate(folder: Path, name: str, place: str = "IP:127.0.0.1") -> tuple[Path, Path]:
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    form = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subject = ["-keyout", str(key), "-out", str(cert), "-subj", f"/CN={name}", "-addext", f"subjectAltName={place}"]
    subprocess.run(["openssl", *form, *subject], check=True, capture_output=True)
    return cert, key


def test_an_authority_and_a_certificate_of_ones_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import ssl

    server_cert, server_key = certificate(tmp_path, "server")
    client_cert, client_key = certificate(tmp_path, "client")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_cert, server_key)
    context.load_verify_locations(client_cert)
    context.verify_mode = ssl.CERT_REQUIRED
    with Loopback(lambda _: Answer({"choices": [CHOICE]}), ssl_context=context) as server:
        base_url = f"{server.url.replace('http:', 'https:')}/v1"
        run, _ = answer_all(make_plan(base_url, retries=0), ["a"])
        assert run.stopped == "fatal" and "unreachable" in str(run.error)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server_cert))
        plan = make_plan(base_url, client_cert=str(client_cert), client_key=str(client_key))
        _, kept = answer_all(plan, ["a"])
    assert kept.count(None) == 1


def test_long_headers_are_read() -> None:
    with Loopback(lambda _: Answer({"choices": [CHOICE]}, headers={"x-policy": "a" * 30_000})) as server:
        _, kept = answer_all(make_plan(f"{server.url}/v1"), ["a"])
    assert kept.count(None) == 1


def test_a_key_that_expires_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", "old")
    valid = "old"

    def answer(asked: Asked) -> Answer:
        nonlocal valid
        if len(server.asked) == 10:
            valid = "new"
            os.environ["THE_KEY"] = "new"
        is_valid = asked.headers["Authorization"] == f"Bearer {valid}"
        return Answer({"choices": [CHOICE]}) if is_valid else Answer({"error": {"message": "expired"}}, status=401)

    with Loopback(answer) as server:
        run, kept = answer_all(make_plan(f"{server.url}/v1", api_key_env="THE_KEY", max_in_flight=4), PROMPTS)
        assert kept.count(None) == 30 and run.stopped is None
        assert len(server.asked) <= 30 + 4
        valid = "another"
        run, _ = answer_all(make_plan(f"{server.url}/v1", api_key_env="THE_KEY"), PROMPTS)
    assert run.stopped == "fatal" and "answered 401" in str(run.error)


def test_a_platforms_secret_is_asked_for_anew() -> None:
    secrets = iter(["old", "new"])
    read_key_from("DBT_LLM_SECRET_TEST", lambda: next(secrets))
    endpoint = Endpoint.from_options("fast", {"model_name": "m", "base_url": "http://h/v1", "api_key_env": "DBT_LLM_SECRET_TEST"})
    assert [endpoint.api_key(), endpoint.api_key()] == ["old", "new"]


def test_no_files_left_is_back_pressure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "BACKOFF_S", 0.01)
    post = aiohttp.ClientSession.post
    left = 40

    def refuse(self: Any, *arguments: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if left >= 0:
            raise OSError(errno.EMFILE, "Too many open files")
        return post(self, *arguments, **named)

    monkeypatch.setattr(aiohttp.ClientSession, "post", refuse)
    with Server(constant("{}")) as server:
        run, kept = answer_all(make_plan(server.base_url, retries=0), PROMPTS)
    assert kept.count(None) == 30 and run.stopped is None


def test_a_cancelled_wait_gives_its_tokens_back() -> None:
    import asyncio

    async def wait_and_be_cancelled() -> float:
        endpoint = Endpoint.from_options(
            "fast", {"model_name": "m", "base_url": "http://h/v1", "requests_per_minute": 60, "tokens_per_minute": 60}
        )
        gate = Gate(endpoint)
        await gate.enter(1)
        for _ in range(20):
            waiting = asyncio.ensure_future(gate.enter(1))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        began_at = time.monotonic()
        await gate.enter(1)
        return time.monotonic() - began_at

    assert submit(wait_and_be_cancelled()).result(30) < 1.5


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")
def test_a_forked_child_has_a_client_of_its_own() -> None:
    script = (
        "import json, os, sys\n"
        "from tests.support.runs import answer_all, make_plan\n"
        "plan = make_plan(sys.argv[1])\n"
        "answer_all(plan, ['a'])\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    _, kept = answer_all(plan, ['b', 'c'])\n"
        "    sys.exit(0 if kept.count(None) == 2 else 1)\n"
        "code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])\n"
        "_, kept = answer_all(plan, ['d'])\n"
        "print(json.dumps([code, kept.count(None)]))\n"
    )
    with Server(constant("{}"), Faults()) as server:
        process = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", script, server.base_url],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=Path(__file__).parents[2],
        )
    assert json.loads(process.stdout) == [0, 1], process.stderr

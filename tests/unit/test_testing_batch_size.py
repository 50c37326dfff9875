"""Large batches fit in little memory, and a server of its own leaves nothing behind."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dbt_llm.testing import Server, echo
from dbt_llm.testing.batches import calls

REQUESTS = 8_000
PROMPT = "x" * 4_000
VERSION = {"anthropic-version": "2023-06-01"}


@pytest.fixture
def process(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    command = [sys.executable, "-m", "dbt_llm.testing", "--max-seconds", "600", "--batch-polls", "0"]
    environment = {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as started:
        assert started.stdout is not None
        yield started, json.loads(started.stdout.readline())
        started.terminate()


def peak_bytes(pid: int) -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def upload_form() -> Iterator[bytes]:
    yield b'--edge\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n--edge\r\n'
    yield b'Content-Disposition: form-data; name="file"; filename="requests.jsonl"\r\n\r\n'
    for number in range(REQUESTS):
        body = {"messages": [{"role": "user", "content": f"{number} {PROMPT}"}]}
        yield json.dumps({"custom_id": str(number), "body": body}).encode() + b"\n"
    yield b"\r\n--edge--\r\n"


def create_body() -> Iterator[bytes]:
    yield b'{"requests": ['
    for number in range(REQUESTS):
        params = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": f"{number} {PROMPT}"}]}
        yield (b"," if number else b"") + json.dumps({"custom_id": str(number), "params": params}).encode()
    yield b"]}"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="The peak of a process's memory is read from /proc.")
def test_thirty_megabytes_of_requests_are_never_held_at_once(
    process: tuple[subprocess.Popen[str], dict[str, Any]], tmp_path: Path
) -> None:
    started, shown = process
    mistral, anthropic = shown["urls"]["mistral"], shown["urls"]["anthropic"]
    with httpx.Client(timeout=60) as http:
        # What the first calls load is not the batch's.
        http.get(f"{mistral}/v1/files")
        before = peak_bytes(started.pid)
        form = {"Content-Type": "multipart/form-data; boundary=edge"}
        file = http.post(f"{mistral}/v1/files", content=upload_form(), headers=form).json()
        assert file["bytes"] > REQUESTS * 4_000
        request = {"input_files": [file["id"]], "endpoint": "/v1/chat/completions", "model": "m"}
        job = http.post(f"{mistral}/v1/batch/jobs", json=request).json()
        job = http.get(f"{mistral}/v1/batch/jobs/{job['id']}").json()
        assert (job["status"], job["succeeded_requests"]) == ("SUCCESS", REQUESTS)
        with http.stream("GET", f"{mistral}/v1/files/{job['output_file']}/content") as response:
            delivered = sum(1 for line in response.iter_lines() if line)
        assert delivered == REQUESTS

        batch = http.post(f"{anthropic}/v1/messages/batches", content=create_body(), headers=VERSION).json()
        batch = http.get(f"{anthropic}/v1/messages/batches/{batch['id']}", headers=VERSION).json()
        assert batch["request_counts"]["succeeded"] == REQUESTS
    assert peak_bytes(started.pid) - before < 30_000_000
    assert list(tmp_path.glob("dbt-llm-stand-in-*"))
    started.terminate()
    assert started.wait(timeout=10) == 143
    assert not list(tmp_path.glob("dbt-llm-stand-in-*"))


@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
def test_requests_are_read_from_a_body_of_any_shape(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, chunk: int) -> None:
    monkeypatch.setattr(calls, "_CHUNK", chunk)
    requests = [{"custom_id": "a", "text": 'quoted " ] } é 🎈'}, {"custom_id": "b", "number": 1234}, 17, []]
    for indent in (None, 2):
        path = tmp_path / "body.json"
        path.write_text(json.dumps({"first": {"requests": [1]}, "requests": requests}, indent=indent))
        assert list(calls.elements(path, "requests")) == requests


@pytest.mark.parametrize("body", ["", "[]", '{"other": 1}', '{"requests": 1}', '{"requests": [{"a": 1}', '{"requests": [{] }'])
def test_a_body_that_holds_no_requests_is_a_400(body: str) -> None:
    with Server(echo) as server:
        response = httpx.post(f"{server.url('anthropic')}/v1/messages/batches", content=body, headers=VERSION)
    assert response.status_code == 400
    assert response.json()["error"]["type"] == "invalid_request_error"

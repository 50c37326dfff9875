"""The providers' Batch APIs through their official clients, with one face, for tests of the stand-in server."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
import pytest

from dbt_llm.testing import Server

MODEL = "tiny"
TIMEOUT_S = 2.0


@dataclass(frozen=True)
class Result:
    """One result: the completion, or what there is instead (`429`, `expired` …). `custom_id` is None for no JSON."""

    custom_id: str | None
    text: str | None = None
    failure: str | None = None


def needs_client(provider: str) -> None:
    """Skip the test where the client that this provider's batches go through is not installed, as on Python 3.10."""
    names = {"azure": "openai", "gemini": "google.genai", "mistral": "mistralai.client"}
    pytest.importorskip(names.get(provider, provider))


class BatchClient(Protocol):
    """What all Batch APIs can do. Prompts are by custom id; states are in the provider's words."""

    name: str
    throttled: type[Exception]
    """What the client raises for a 429, among others."""
    failures: tuple[type[Exception], ...]
    """What the client raises for a call that failed in any way."""

    def upload(self, prompts: Mapping[str, str]) -> Any: ...
    def create(self, uploaded: Any, label: str = "") -> str: ...
    def state(self, job_id: str) -> str: ...
    def results(self, job_id: str) -> list[Result]: ...
    def jobs(self) -> list[str]: ...
    def cancel(self, job_id: str) -> None: ...


def make(name: str, server: Server) -> BatchClient:
    """A client, without any retries, or a skipped test where its package is not installed."""
    makers: dict[str, type[Any]] = {"openai": OpenAI, "anthropic": Anthropic, "gemini": Gemini, "mistral": Mistral}
    client: BatchClient = makers[name](server)
    return client


NAMES = ["openai", "anthropic", "gemini", "mistral"]


def chat(prompt: str) -> dict[str, Any]:
    return {"model": MODEL, "messages": [{"role": "user", "content": prompt}]}


def jsonl(lines: Iterator[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


class OpenAI:
    name = "openai"

    def __init__(self, server: Server, path: str = "openai") -> None:
        openai = pytest.importorskip("openai")
        url = server.url("azure" if path == "azure" else "openai")
        self.sdk = openai.OpenAI(base_url=url, api_key="k", max_retries=0, timeout=TIMEOUT_S)
        self.throttled = openai.RateLimitError
        self.failures = (openai.APIError, pytest.importorskip("httpx2").HTTPError)

    def upload(self, prompts: Mapping[str, str]) -> Any:
        lines = (
            {"custom_id": key, "method": "POST", "url": "/v1/chat/completions", "body": chat(prompt)}
            for key, prompt in prompts.items()
        )
        return self.sdk.files.create(file=("requests.jsonl", jsonl(lines)), purpose="batch").id

    def create(self, uploaded: Any, label: str = "") -> str:
        job = self.sdk.batches.create(
            completion_window="24h", endpoint="/v1/chat/completions", input_file_id=uploaded, metadata={"label": label}
        )
        return str(job.id)

    def state(self, job_id: str) -> str:
        return str(self.sdk.batches.retrieve(job_id).status)

    def results(self, job_id: str) -> list[Result]:
        job = self.sdk.batches.retrieve(job_id)
        files = [one for one in (job.output_file_id, job.error_file_id) if one]
        return [_openai_result(line) for one in files for line in self.sdk.files.content(one).content.splitlines()]

    def jobs(self) -> list[str]:
        return [job.id for job in self.sdk.batches.list(limit=2)]

    def cancel(self, job_id: str) -> None:
        self.sdk.batches.cancel(job_id)


class Mistral:
    name = "mistral"

    def __init__(self, server: Server) -> None:
        mistral = pytest.importorskip("mistralai.client")
        self.sdk = mistral.Mistral(api_key="k", server_url=server.url("mistral"), timeout_ms=int(TIMEOUT_S * 1000))
        self.throttled = pytest.importorskip("mistralai.client.errors").SDKError
        self.failures = (self.throttled, pytest.importorskip("httpx2").HTTPError)

    def upload(self, prompts: Mapping[str, str]) -> Any:
        lines = ({"custom_id": key, "body": {"messages": chat(prompt)["messages"]}} for key, prompt in prompts.items())
        return self.sdk.files.upload(file={"file_name": "requests.jsonl", "content": jsonl(lines)}, purpose="batch").id

    def create(self, uploaded: Any, label: str = "") -> str:
        job = self.sdk.batch.jobs.create(
            endpoint="/v1/chat/completions", input_files=[uploaded], model=MODEL, metadata={"label": label}
        )
        return str(job.id)

    def state(self, job_id: str) -> str:
        return str(self.sdk.batch.jobs.get(job_id=job_id).status)

    def results(self, job_id: str) -> list[Result]:
        job = self.sdk.batch.jobs.get(job_id=job_id)
        files = [one for one in (job.output_file, job.error_file) if one]
        return [_openai_result(line) for one in files for line in self.sdk.files.download(file_id=one).read().splitlines()]

    def jobs(self) -> list[str]:
        return [job.id for page in (0, 1) for job in self.sdk.batch.jobs.list(page=page, page_size=2).data]

    def cancel(self, job_id: str) -> None:
        self.sdk.batch.jobs.cancel(job_id=job_id)


class Anthropic:
    name = "anthropic"

    def __init__(self, server: Server) -> None:
        anthropic = pytest.importorskip("anthropic")
        self.sdk = anthropic.Anthropic(base_url=server.url("anthropic"), api_key="k", max_retries=0, timeout=TIMEOUT_S)
        self.throttled = anthropic.RateLimitError
        self.failures = (anthropic.APIError, pytest.importorskip("httpx2").HTTPError)

    def upload(self, prompts: Mapping[str, str]) -> Any:
        return [{"custom_id": key, "params": {**chat(prompt), "max_tokens": 50}} for key, prompt in prompts.items()]

    def create(self, uploaded: Any, label: str = "") -> str:
        return str(self.sdk.messages.batches.create(requests=uploaded).id)

    def state(self, job_id: str) -> str:
        return str(self.sdk.messages.batches.retrieve(job_id).processing_status)

    def results(self, job_id: str) -> list[Result]:
        raw = self.sdk.messages.batches.with_raw_response.results(job_id)
        return [_anthropic_result(line) for line in raw.http_response.read().splitlines()]

    def jobs(self) -> list[str]:
        return [job.id for job in self.sdk.messages.batches.list(limit=2)]

    def cancel(self, job_id: str) -> None:
        self.sdk.messages.batches.cancel(job_id)


class Gemini:
    name = "gemini"

    def __init__(self, server: Server) -> None:
        genai = pytest.importorskip("google.genai")
        options = {"base_url": server.url("gemini"), "timeout": int(TIMEOUT_S * 1000)}
        self.sdk = genai.Client(api_key="k", http_options=options)
        errors = pytest.importorskip("google.genai.errors")
        self.throttled = errors.ClientError
        self.failures = (errors.APIError, httpx.HTTPError)

    def upload(self, prompts: Mapping[str, str]) -> Any:
        lines = (
            {"key": key, "request": {"contents": [{"role": "user", "parts": [{"text": prompt}]}]}}
            for key, prompt in prompts.items()
        )
        config = {"mime_type": "application/jsonl", "display_name": "requests"}
        return self.sdk.files.upload(file=io.BytesIO(jsonl(lines)), config=config).name

    def create(self, uploaded: Any, label: str = "") -> str:
        return str(self.sdk.batches.create(model=MODEL, src=uploaded, config={"display_name": label}).name)

    def state(self, job_id: str) -> str:
        return str(self.sdk.batches.get(name=job_id).state.name)

    def results(self, job_id: str) -> list[Result]:
        job = self.sdk.batches.get(name=job_id)
        if job.dest is None:
            return []
        return [_gemini_result(line) for line in self.sdk.files.download(file=job.dest.file_name).splitlines()]

    def jobs(self) -> list[str]:
        return [job.name for job in self.sdk.batches.list(config={"page_size": 2})]

    def cancel(self, job_id: str) -> None:
        self.sdk.batches.cancel(name=job_id)


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        parsed: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return parsed


def _openai_result(line: bytes) -> Result:
    parsed = _parsed(line)
    if parsed is None:
        return Result(None)
    response = parsed["response"]
    if response is None:
        return Result(parsed["custom_id"], failure=parsed["error"]["code"])
    if response["status_code"] != 200:
        return Result(parsed["custom_id"], failure=str(response["status_code"]))
    return Result(parsed["custom_id"], response["body"]["choices"][0]["message"]["content"])


def _anthropic_result(line: bytes) -> Result:
    parsed = _parsed(line)
    if parsed is None:
        return Result(None)
    result = parsed["result"]
    if result["type"] == "errored":
        return Result(parsed["custom_id"], failure=result["error"]["error"]["type"])
    if result["type"] != "succeeded":
        return Result(parsed["custom_id"], failure=result["type"])
    return Result(parsed["custom_id"], result["message"]["content"][0]["text"])


def _gemini_result(line: bytes) -> Result:
    parsed = _parsed(line)
    if parsed is None:
        return Result(None)
    if "error" in parsed:
        return Result(parsed["key"], failure=str(parsed["error"]["code"]))
    return Result(parsed["key"], parsed["response"]["candidates"][0]["content"]["parts"][0]["text"])

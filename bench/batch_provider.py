"""OpenAI's Batch API as far as this side of the network goes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from dbt_llm.engines.batch.provider import BatchIntent, BatchResult, BatchState, BatchStatus
from dbt_llm.engines.batch.providers.answers import openai_result, results
from dbt_llm.engines.batch.providers.openai import OpenAIBatches

CHUNK = 64 << 10
ANSWER = {
    "id": "chatcmpl-0000000000000000000000000",
    "object": "chat.completion",
    "created": 1_700_000_000,
    "model": "m-2026-01-01",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": '{"has_pii": true, "pii_types": ["email", "phone"], "confidence": 0.9}',
                "refusal": None,
                "annotations": [],
            },
            "logprobs": None,
            "finish_reason": "stop",
        }
    ],
    "usage": {
        "prompt_tokens": 120,
        "completion_tokens": 25,
        "total_tokens": 145,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    },
    "service_tier": "default",
    "system_fingerprint": "fp_0000000000",
}


class Nowhere(OpenAIBatches):
    """Accepts every file and keeps nothing of it but its size."""

    def __init__(self) -> None:
        super().__init__(api_key=None, base_url="http://127.0.0.1:9/v1")
        self.requests = 0
        self.bytes_ = 0

    def upload(self, intent: BatchIntent, file: Path) -> str:
        self.requests += intent.requests
        self.bytes_ += file.stat().st_size
        return f"file-{intent.batch_key}"

    def create(self, intent: BatchIntent, file: Path) -> str:  # noqa: ARG002 - as the engine calls it
        return f"batch-{intent.batch_key}"


class Answering(Nowhere):
    """Answers every request of a job into a file of the folder, from which it is streamed as from the network."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def create(self, intent: BatchIntent, file: Path) -> str:
        job = super().create(intent, file)
        row = {"id": "batch_req_0", "custom_id": "?", "response": {"status_code": 200, "request_id": "0", "body": ANSWER}}
        head, tail = json.dumps({**row, "error": None}).split("?")
        with file.open("rb") as asked, (self.folder / f"{job}.jsonl").open("w") as answered:
            for line in asked:
                answered.write(f"{head}{json.loads(line)['custom_id']}{tail}\n")
        return job

    def status(self, batch_id: str) -> BatchStatus:
        return BatchStatus(BatchState.COMPLETED, output_ids=(batch_id,))

    def results(self, batch_id: str, status: BatchStatus) -> Iterator[BatchResult]:  # noqa: ARG002 - as the engine calls it
        for name in status.output_ids:
            with (self.folder / f"{name}.jsonl").open("rb") as answered:
                yield from results(iter(lambda: answered.read(CHUNK), b""), openai_result)

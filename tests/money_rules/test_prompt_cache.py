"""A task's constant beginning is paid for once, from the template to the responses table."""

import threading
from pathlib import Path
from typing import Any

from tests.support.project import API_KEY, PII, Project
from tests.support.wire import Answer, Sent, Wire

INSTRUCTIONS = "Read the message and say whether it holds personal data. " * 120


def test_all_requests_but_the_first_read_the_beginning_from_the_cache(tmp_path: Path) -> None:
    kept: set[str] = set()
    lock = threading.Lock()

    def answer(sent: Sent) -> Answer:
        beginning, rest = sent.body["messages"][0]["content"]
        assert beginning["cache_control"] == {"type": "ephemeral", "ttl": "5m"}
        assert beginning["text"] == INSTRUCTIONS + "<message>" and rest["text"].startswith("message ")
        assert sent.headers["x-api-key"] == API_KEY and sent.body["max_tokens"] == 50
        with lock:
            is_hit = beginning["text"] in kept
            kept.add(beginning["text"])
        usage = {
            "input_tokens": 10,
            "output_tokens": 5,
            "cache_read_input_tokens" if is_hit else "cache_creation_input_tokens": 1700,
        }
        text = '{"has_pii": false, "pii_types": [], "confidence": 1}'
        return 200, {
            "type": "message", "role": "assistant", "model": "m-1", "stop_reason": "end_turn",
            "content": [{"type": "text", "text": text}], "usage": usage,
        }  # fmt: skip

    with Wire(answer) as wire:
        prices = {"input_usd_per_million_tokens": 1, "output_usd_per_million_tokens": 5}
        endpoint: dict[str, Any] = {"provider": "anthropic", "model_name": "claude-haiku-4-5", **prices}
        project = Project(tmp_path / "project", f"{wire.origin}/v1", **endpoint)
        project.task("pii_risk", {**PII, "prompt": INSTRUCTIONS + "<message>{body}</message>"})
        project.messages([(i, f"message {i}") for i in range(12)])
        project.run_tasks()
        assert project.statuses() == {("succeeded", None): 12} and len(wire.sent) == 12
        found = project.query(
            "select count(*), sum(input_tokens), sum(cached_input_tokens), round(sum(cost_usd) * 1e6) from dbt_llm__responses"
        )
        assert found == [(12, 12 * 1710, 11 * 1700, 12 * (10 + 25) + 1700 * 1.25 + 11 * 170)]

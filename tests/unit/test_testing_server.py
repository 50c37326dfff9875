"""The stand-in server keeps its promises: every other test of calls and money leans on it."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from dbt_llm.testing import ChatRequest, Faults, Reply, Server, constant, echo, from_schema

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "has_pii": {"type": "boolean"},
        "pii_types": {
            "type": "array",
            "items": {"type": "string", "enum": ["email", "phone", "ssn"]},
            "uniqueItems": True,
        },
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "pages": {"type": "integer", "minimum": 3, "maximum": 9, "multipleOf": 2},
        "note": {"type": ["string", "null"], "maxLength": 12},
        "sent": {"type": "string", "format": "date"},
        "place": {"$ref": "#/$defs/place"},
        "kind": {"anyOf": [{"const": "a"}, {"type": "integer", "exclusiveMinimum": 0}]},
    },
    "required": ["has_pii", "pii_types", "confidence", "pages", "note", "sent", "place", "kind"],
    "additionalProperties": False,
    "$defs": {"place": {"type": "object", "properties": {"city": {"type": "string"}}}},
}
RESPONSE_FORMAT = {"type": "json_schema", "json_schema": {"name": "task", "schema": SCHEMA}}


def ask(server: Server, prompt: str, **more: Any) -> httpx.Response:
    headers = more.pop("headers", {})
    body = {"model": "tiny", "messages": [{"role": "user", "content": prompt}], **more}
    url = f"{server.base_url}/chat/completions"
    return httpx.post(url, json=body, headers=headers, timeout=5)


def completion(response: httpx.Response) -> Any:
    return json.loads(response.json()["choices"][0]["message"]["content"])


def test_a_response_has_openai_s_form() -> None:
    with Server(constant("yes")) as server:
        response = ask(server, "größer?").json()
    assert response["object"] == "chat.completion"
    assert response["model"] == "tiny-stand-in"
    assert response["choices"] == [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "yes", "refusal": None},
            "finish_reason": "stop",
        }
    ]
    # 9 bytes, for "ö" and "ß" are two each.
    assert response["usage"] == {
        "prompt_tokens": 3,
        "completion_tokens": 1,
        "total_tokens": 4,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }


def test_the_official_client_reads_it() -> None:
    openai = pytest.importorskip("openai")
    with Server(echo, api_key="k") as server:
        client = openai.OpenAI(base_url=server.base_url, api_key="k", max_retries=0)
        messages = [{"role": "user", "content": "hello"}]
        response = client.chat.completions.create(model="tiny", messages=messages)
    assert response.choices[0].message.content == '{"echo": "hello"}'


def test_prompts_are_kept_byte_for_byte_and_in_order() -> None:
    odd = ["\\{body}\r\n\t'; drop table x; --", "  ", "", '{"json": 1}', "日本 🎈 \u2028", "$$"]
    with Server() as server:
        answers = [completion(ask(server, prompt))["echo"] for prompt in odd]
    assert answers == odd
    assert server.counters.prompts == odd
    assert [body["model"] for body in server.counters.bodies] == ["tiny"] * len(odd)


def test_the_prompt_is_the_last_user_message() -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "one"},
        {"role": "assistant", "content": "1"},
        {
            "role": "user",
            "content": [{"type": "text", "text": "t"}, {"type": "text", "text": "wo"}],
        },
    ]
    with Server() as server:
        ask(server, "", messages=messages)
    assert server.counters.prompts == ["two"]


def test_without_record_it_keeps_counts_only() -> None:
    with Server(record=False) as server:
        for prompt in ("a", "b", "a"):
            ask(server, prompt)
    assert (server.counters.prompts, server.counters.bodies) == ([], [])
    assert server.counters.calls_by_prompt == {"a": 2, "b": 1}


def test_an_answer_function_may_reply_in_full_and_may_fail() -> None:
    def answer(request: ChatRequest) -> Reply:
        if request.headers["x-case"] == "bug":
            raise KeyError("absent")
        return Reply("Too long.", status=400, code="context_length_exceeded", headers={"x-a": "b"})

    with Server(answer) as server:
        refused = ask(server, "p", headers={"x-case": "refused"})
        failed = ask(server, "p", headers={"x-case": "bug"})
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "context_length_exceeded"
    assert refused.headers["x-a"] == "b"
    assert failed.status_code == 500
    assert "KeyError('absent')" in failed.json()["error"]["message"]
    assert server.counters.answered == 0


def test_from_schema_gives_valid_values_and_the_same_ones_again() -> None:
    prompts = [f"prompt {number}" for number in range(60)]
    with Server(from_schema) as server:
        with ThreadPoolExecutor(8) as pool:
            twice = [
                list(
                    pool.map(
                        lambda p: completion(ask(server, p, response_format=RESPONSE_FORMAT)),
                        prompts,
                    )
                )
                for _ in range(2)
            ]
        without = ask(server, "p")
    assert twice[0] == twice[1]
    for value in twice[0]:
        jsonschema.validate(value, SCHEMA)
    assert len({json.dumps(value) for value in twice[0]}) == len(prompts)
    assert without.status_code == 400


def test_a_key_is_asked_for() -> None:
    with Server(api_key="sesame") as server:
        wrong = ask(server, "p", headers={"Authorization": "Bearer guess"})
        right = ask(server, "p", headers={"Authorization": "Bearer sesame"})
    assert (wrong.status_code, right.status_code) == (401, 200)
    assert wrong.json()["error"]["code"] == "invalid_api_key"
    assert server.counters.by_status == {401: 1, 200: 1}
    assert (server.counters.calls, server.counters.answered) == (2, 1)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("{", "could not parse"),
        ("[]", "not a JSON object"),
        ("{}", "model"),
        ('{"model": "m"}', "messages"),
        ('{"model": "m", "messages": ["p"]}', "object"),
    ],
)
def test_what_is_no_request_is_a_400_in_words(body: str, fault: str) -> None:
    with Server() as server:
        response = httpx.post(f"{server.base_url}/chat/completions", content=body)
    assert response.status_code == 400
    assert fault in response.json()["error"]["message"]


def test_other_urls_are_404_and_count_as_calls() -> None:
    with Server() as server:
        assert httpx.get(f"{server.base_url}/nothing").status_code == 404
    assert server.counters.calls == 1


def test_the_list_of_models_is_no_call() -> None:
    with Server(api_key="k") as server:
        assert httpx.get(f"{server.base_url}/models").status_code == 401
        assert httpx.get(f"{server.base_url}/models", headers={"Authorization": "Bearer k"}).json()["data"] == []
    assert server.counters.calls == 0


def test_statistics_and_reset_over_http_are_no_calls() -> None:
    with Server() as server:
        root = f"http://127.0.0.1:{server.port}"
        ask(server, "p")
        ask(server, "p")
        stats = httpx.get(f"{root}/_stats", params={"prompts": 1}).json()
        httpx.post(f"{root}/_reset")
        after = httpx.get(f"{root}/_stats").json()
    assert stats == {
        "calls": 2,
        "answered": 2,
        "in_flight": 0,
        "max_in_flight": 1,
        "distinct_prompts": 1,
        "max_calls_of_a_prompt": 2,
        "by_status": {"200": 2},
        "by_fault": {},
        "batch_calls": {},
        "submitted_in_batches": 0,
        "answered_in_batches": 0,
        "max_batch_submissions_of_a_prompt": 0,
        "max_batch_answers_of_a_prompt": 0,
        "calls_by_prompt": {"p": 2},
        "batch_submissions": {},
        "batch_answers": {},
    }
    assert after["calls"] == after["distinct_prompts"] == 0


def test_max_in_flight_is_measured() -> None:
    with Server(faults=Faults(latency_s=2.0)) as server, ThreadPoolExecutor(7) as pool:
        list(pool.map(lambda number: ask(server, str(number)), range(7)))
    assert server.counters.max_in_flight == 7
    assert server.counters.in_flight == 0


def test_a_schedule_says_which_time_a_prompt_fails() -> None:
    with Server(faults=Faults(throttle=[1, 0, 1], retry_after="2")) as server:
        statuses = [ask(server, "a").status_code for _ in range(4)]
        other = ask(server, "b")
    assert statuses == [429, 200, 429, 200]
    assert other.status_code == 429
    assert other.headers["Retry-After"] == "2"
    assert other.json()["error"]["code"] == "rate_limit_exceeded"
    assert server.counters.by_fault == {"throttle": 3}


def test_fail_first_n_and_only_until() -> None:
    with Server(faults=Faults(fail_first_n=2, error_status=503)) as server:
        assert [ask(server, "p").status_code for _ in range(3)] == [503, 503, 200]
    with Server(faults=Faults(error=1.0, only_until=1)) as server:
        assert [ask(server, "p").status_code for _ in range(3)] == [500, 200, 200]


def test_shares_are_kept_and_repeat_with_the_seed() -> None:
    faults = Faults(throttle=0.1, error=0.1, slow=0.5)
    chosen = [faults.choose(f"prompt {number}", 1) for number in range(5_000)]
    kinds = [one.kind for one in chosen]
    assert kinds.count("throttle") == pytest.approx(500, rel=0.15)
    assert kinds.count("error") == pytest.approx(500, rel=0.15)
    assert sum(one.delay_s for one in chosen) == pytest.approx(2_500, rel=0.1)
    assert chosen == [faults.choose(f"prompt {number}", 1) for number in range(5_000)]
    assert kinds != [faults.choose(f"prompt {number}", 2).kind for number in range(5_000)]
    other = Faults(throttle=0.1, error=0.1, slow=0.5, seed=1)
    assert kinds != [other.choose(f"prompt {number}", 1).kind for number in range(5_000)]


def test_a_share_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Faults\.throttle: a share lies between 0 and 1"):
        Faults(throttle=4)
    with pytest.raises(ValueError, match=r"Faults\.error"):
        Faults(error=[0, -1])


def test_status_always() -> None:
    with Server(faults=Faults(status_always=401, code="invalid_api_key")) as server:
        responses = [ask(server, "p") for _ in range(2)]
    assert [response.status_code for response in responses] == [401, 401]
    assert responses[0].json()["error"]["code"] == "invalid_api_key"


def test_the_spoilt_completions() -> None:
    def first(**fault: Any) -> httpx.Response:
        with Server(from_schema, Faults(**fault)) as server:
            response = ask(server, "p", response_format=RESPONSE_FORMAT)
        assert (server.counters.calls, server.counters.answered) == (1, 0)
        assert response.status_code == 200
        return response

    choice = first(refusal=1.0).json()["choices"][0]
    assert choice["message"]["content"] is None
    assert choice["message"]["refusal"]

    choice = first(truncated=1.0).json()["choices"][0]
    assert choice["finish_reason"] == "length"
    with pytest.raises(ValueError, match="."):
        json.loads(choice["message"]["content"])

    with pytest.raises(ValueError, match="."):
        completion(first(malformed_json=1.0))
    with pytest.raises(ValueError, match="."):
        first(malformed_body=1.0).json()
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(completion(first(off_schema=1.0)), SCHEMA)


@pytest.mark.parametrize("text", ["12", "ok", '"quoted"', "{}", ""])
def test_malformed_json_is_never_json(text: str) -> None:
    with Server(constant(text), Faults(malformed_json=1.0)) as server:
        content = ask(server, "p").json()["choices"][0]["message"]["content"]
    with pytest.raises(ValueError, match="."):
        json.loads(content)


def test_a_dropped_connection_and_a_hanging_one() -> None:
    with Server(faults=Faults(drop=[1])) as server:
        with pytest.raises(httpx.RemoteProtocolError):
            ask(server, "p")
        assert ask(server, "p").status_code == 200
    assert server.counters.by_status == {0: 1, 200: 1}

    with Server(faults=Faults(timeout=[1], timeout_s=30)) as server:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(
                f"{server.base_url}/chat/completions",
                json={"model": "m", "messages": [{"role": "user", "content": "p"}]},
                timeout=0.2,
            )
        assert ask(server, "p").status_code == 200
    assert server.counters.by_status == {499: 1, 200: 1}
    assert server.counters.in_flight == 0


def _ask_in_vain(server: Server) -> None:
    with pytest.raises(httpx.HTTPError):
        ask(server, "p")


def test_stopping_does_not_wait_for_a_hanging_call() -> None:
    server = Server(faults=Faults(timeout=1.0)).start()
    asking = threading.Thread(target=_ask_in_vain, args=(server,))
    asking.start()
    while not server.counters.in_flight:
        time.sleep(0.01)
    started_at = time.monotonic()
    server.stop()
    asking.join()
    assert time.monotonic() - started_at < 2


def test_a_taken_port_is_an_error_of_start() -> None:
    with Server() as server, pytest.raises(OSError, match="in use"):
        Server(port=server.port).start()


def test_the_log_has_a_line_per_call_and_no_prompt(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    began_at = time.monotonic()
    with Server(faults=Faults(error=[1], latency_s=0.05), log=log) as server:
        for prompt in ("secret", "secret"):
            ask(server, prompt)
        # Before the server closes it: whoever counts may not be able to wait.
        lines = [json.loads(line) for line in log.read_text().splitlines()]
    digest = hashlib.sha256(b"secret").hexdigest()
    times = [(line.pop("arrived_s"), line.pop("ended_s")) for line in lines]
    assert lines == [
        {"prompt_sha256": digest, "status": 500, "fault": "error"},
        {"prompt_sha256": digest, "status": 200, "fault": None},
    ]
    (first, first_end), (second, second_end) = times
    assert began_at < first < first + 0.05 <= first_end <= second < second + 0.05 <= second_end < time.monotonic()


COMMAND = [sys.executable, "-m", "dbt_llm.testing"]


def run(*options: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    process = subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


def test_as_a_process_it_says_what_it_is_and_stops_when_idle(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    process, shown = run("--idle-seconds", "2", "--log", str(log))
    body = {"model": "m", "messages": [{"role": "user", "content": "p"}]}
    response = httpx.post(f"{shown['base_url']}/chat/completions", json=body)
    assert response.status_code == 200
    assert "not a language model" in shown["answers"]
    assert len(log.read_text().splitlines()) == 1
    assert process.wait(timeout=60) == 0


def test_as_a_process_it_stops_after_its_time() -> None:
    process, _ = run("--max-seconds", "0.3")
    assert process.wait(timeout=60) == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps the id of a parent that has ended.")
def test_as_a_process_it_ends_with_its_parent() -> None:
    parent_code = f"import subprocess, sys, time;subprocess.Popen({COMMAND!r});time.sleep(60)"
    parent = subprocess.Popen([sys.executable, "-c", parent_code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = json.loads(parent.stdout.readline())["pid"]
    parent.send_signal(signal.SIGKILL)
    # Its standard output is the pipe: the pipe's end is the child's end.
    assert parent.stdout.read() == ""
    parent.wait()
    with pytest.raises(ProcessLookupError):
        for _ in range(50):
            os.kill(child, 0)
            time.sleep(0.1)

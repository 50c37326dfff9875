"""Runs and drains without dbt: small functions that tests of the client and of the drain share."""

import json
import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Any

import duckdb

from dbt_llm.client import Endpoint, Limits, Plan, Request, Response, Run, submit
from dbt_llm.duckdb import register

RESPONSES = """
    create table responses (
        request_key varchar, task varchar, model_name varchar, prompt_version varchar, status varchar,
        completion varchar, error_class varchar, error_message varchar, finish_reason varchar,
        input_tokens bigint, output_tokens bigint, cost_usd double, latency_ms bigint, attempt integer,
        engine varchar, response_model varchar, batch_id varchar, invocation_id varchar,
        requested_at timestamp, responded_at timestamp, prompt varchar, cached_input_tokens bigint
    )
"""


class Kept:
    """A sink in memory."""

    has_room = True
    changes = ()

    def __init__(self) -> None:
        self.responses: dict[str, Response] = {}
        self.is_closed = False
        self.let_go_of: list[str] = []

    def keep(self, request: Request, response: Response) -> None:
        assert request.prompt not in self.responses, "a request was answered twice"
        self.responses[request.prompt] = response

    def let_go(self, request: Request) -> None:
        self.let_go_of.append(request.prompt)

    async def wait_for_room(self) -> None:
        return

    async def close(self) -> None:
        self.is_closed = True

    def count(self, error_class: str | None) -> int:
        return sum(response.error_class == error_class for response in self.responses.values())


async def stream(prompts: Sequence[str]) -> AsyncIterator[list[Request]]:
    for begin in range(0, len(prompts), 100):
        yield [Request(prompt, prompt) for prompt in prompts[begin : begin + 100]]


def make_plan(base_url: str, **options: Any) -> Plan:
    """A plan for an endpoint `fast`; options of the plan by name, all others are the endpoint's."""
    names = ("model_parameters", "response_format", "retries", "invocation_id")
    own = {name: options.pop(name) for name in names if name in options}
    limits = options.pop("limits", {})
    endpoint = Endpoint.from_options("fast", {"model_name": "m", "base_url": base_url, **options})
    return Plan(endpoint, limits=Limits.from_options(limits, endpoint), **own)


def answer_all(plan: Plan, prompts: Sequence[str], timeout: float = 30) -> tuple[Run, Kept]:
    """Run a plan over prompts to its end."""
    kept = Kept()
    run = Run(plan, stream(prompts), kept)
    submit(run.execute()).result(timeout)
    assert kept.is_closed
    return run, kept


def database(path: str = ":memory:") -> Any:
    """A DuckDB connection with the embedded engine and an empty responses table."""
    connection = duckdb.connect(path)
    register(connection)
    connection.execute(RESPONSES)
    return connection


def write_work(connection: Any, prompts: Sequence[str]) -> None:
    connection.execute(
        "create or replace table work as"
        " select n, 'key-' || n as request_key, prompt, 0 as attempt, 0 as superseded"
        " from (select unnest($prompts::varchar[]) as prompt, generate_subscripts($prompts, 1) as n)",
        {"prompts": list(prompts)},
    )


def drain_options(base_url: str, **options: Any) -> dict[str, Any]:
    endpoint = {"model_name": "m", "base_url": base_url, **options.pop("endpoint", {})}
    return {
        "task": "pii_risk",
        "endpoint_name": "fast",
        "endpoint": endpoint,
        "work_relation": '"work"',
        "responses_relation": '"responses"',
        "invocation_id": uuid.uuid4().hex,
        "allow_outside_dbt": True,
        **options,
    }


def drain(connection: Any, base_url: str, **options: Any) -> dict[str, Any]:
    """Call `dbt_llm_drain` and return its result."""
    text = json.dumps(drain_options(base_url, **options))
    found = connection.execute("select dbt_llm_drain($text)", {"text": text}).fetchall()
    result: dict[str, Any] = json.loads(found[0][0])
    return result

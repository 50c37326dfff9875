"""Engines that are broken on purpose, one way each: what the oracle is there to notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any


def loses_an_answer() -> None:
    """The first answer of a run is kept as a failure that is final."""
    from dbt_llm.sink import BufferedResponses

    keep = BufferedResponses.keep
    kept: list[Any] = []

    def failed(self: BufferedResponses, request: Any, response: Any) -> None:
        kept.append(response)
        lost = replace(response, completion=None, error_class="invalid_request", error_message="lost")
        keep(self, request, lost if len(kept) == 1 else response)

    BufferedResponses.keep = failed  # type: ignore[method-assign]


def drops_a_write() -> None:
    """Answers are told to be committed, and are not: a run's first, as there may be no other."""
    from dbt_llm.sink import BufferedResponses

    commit = BufferedResponses._commit
    state = {"writes": 0}

    def but_the_first(self: BufferedResponses, answers: list[Any]) -> list[Any]:
        state["writes"] += 1
        return commit(self, answers) if state["writes"] > 1 else []

    BufferedResponses._commit = but_the_first  # type: ignore[method-assign]


def asks_twice() -> None:
    """Each call is made twice, and the second answer is taken."""
    from dbt_llm.client.connections import Session

    post = Session.post

    async def twice(self: Session, *arguments: Any) -> Any:
        await post(self, *arguments)
        return await post(self, *arguments)

    Session.post = twice  # type: ignore[method-assign]


def fills() -> None:
    """An answer goes to the row after its own too."""
    from dbt_llm.sink import BufferedResponses

    keep = BufferedResponses.keep
    before: list[Any] = []

    def filled(self: BufferedResponses, request: Any, response: Any) -> None:
        before.append(response)
        keep(self, request, replace(response, completion=before[-2:][0].completion))

    BufferedResponses.keep = filled  # type: ignore[method-assign]


def counts_too_much() -> None:
    """A response is counted twice."""
    from dbt_llm.client.counts import Counts

    add = Counts.add_response

    def twice(self: Counts, response: Any) -> None:
        add(self, response)
        add(self, response)

    Counts.add_response = twice  # type: ignore[method-assign]


def knows_no_limit() -> None:
    """Everything fits."""
    from dbt_llm.client.limits import Budget

    Budget.lacks = lambda *_: None  # type: ignore[method-assign]


def keeps_late() -> None:
    """Answers are gathered for a second."""
    from dbt_llm import duckdb_tables

    assert hasattr(duckdb_tables, "LINGER_S")
    duckdb_tables.LINGER_S = 1.0  # type: ignore[attr-defined]


def submits_twice() -> None:
    """A batch job is created twice."""
    from dbt_llm.engines.batch.providers.openai import OpenAIBatches

    create = OpenAIBatches.create

    def twice(self: Any, *arguments: Any) -> str:
        create(self, *arguments)
        return create(self, *arguments)

    OpenAIBatches.create = twice  # type: ignore[method-assign]


MUTATIONS: dict[str, Callable[[], None]] = {
    made.__name__: made
    for made in (loses_an_answer, drops_a_write, asks_twice, fills, counts_too_much, knows_no_limit, keeps_late, submits_twice)
}

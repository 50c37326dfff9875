"""One task of a cluster: the rows of some slices, asked of the worker's model, and staged batch by batch."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, groupby, islice
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from ..client import ConfigurationError, Counts, Endpoint, MissingDependencyError, Plan, Request, Run, host, submit
from ..client.redaction import error_words
from ..one_thread import OneThread
from ..responses import Answer, Labels
from ..sink import BufferedResponses
from .batches import BatchedModel, batched
from .models import ModelError, Settings, loaded
from .options import WorkerOptions
from .stage import Note, Stage

__all__ = ["WORK_SCHEMA", "Orders", "Row", "shared_out", "work"]

Row = tuple[int, Request]
"""The number of its slice, and a request."""
WORK_SCHEMA = pa.schema(
    [
        ("slice", pa.int32()),
        ("request_key", pa.string()),
        ("prompt", pa.string()),
        ("attempt", pa.int64()),
        ("superseded", pa.int64()),
    ]
)
"""Of a row in a file."""

_LINGER_S = 1.0
"""How long answers of an API are gathered for one file."""
_LOOK_S = 2.0
"""Between two looks for a note that ends the run."""
_READ_ROWS = 64


@dataclass(frozen=True, kw_only=True)
class Orders:
    """What all workers of one run are told. Holds no key: an endpoint names the variable that does.

    `stage`: the run's folder. `tasks_at_once`: among how many an API's rates are shared out. `dimensions`: of the vectors,
    where embeddings are asked for.
    """

    stage: str
    options: WorkerOptions
    endpoint: Endpoint
    labels: Labels
    model_parameters: Mapping[str, Any] = field(default_factory=dict)
    response_format: Mapping[str, Any] | None = None
    prompt_prefix: str = ""
    retries: int = 5
    store_prompts: bool = False
    tasks_at_once: int = 1
    dimensions: int | None = None


def shared_out(endpoint: Endpoint, tasks: int) -> Endpoint:
    """One task's share of the endpoint's rates, so that the sum over so many tasks is the endpoint's."""

    def share(rate: float | None) -> float | None:
        return None if rate is None else rate / tasks

    return replace(
        endpoint,
        max_in_flight=max(1, endpoint.max_in_flight // tasks),
        requests_per_minute=share(endpoint.requests_per_minute),
        tokens_per_minute=share(endpoint.tokens_per_minute),
    )


def work(orders: Orders, rows: Iterable[Row]) -> Counts:
    """Answer the rows that are not staged, those of a slice together, and stage the answers; return what was done.

    What ends the run is not raised, as a cluster would try it again: it is left as a note in the stage.
    """
    stage = Stage(orders.stage)
    counts = Counts()
    rest = _unstaged(stage, rows)
    first = next(rest, None)
    # Weights take minutes to load, and nothing may be left to ask.
    if first is None or stage.note() is not None:
        return counts
    rest = chain([first], rest)
    try:
        if orders.options.is_over_http:
            _ask_api(orders, stage, rest, counts)
        else:
            _ask_model(orders, stage, rest, counts)
    except ModelError as error:
        stage.end(Note("fatal", f"dbt_llm.enrich: {error}"))
    except ConfigurationError as error:
        stage.end(Note("fatal", error.sentence("enrich")))
    except MissingDependencyError as error:
        stage.end(Note("fatal", str(error)))
    return counts


def _unstaged(stage: Stage, rows: Iterable[Row]) -> Iterator[Row]:
    for number, of_slice in groupby(rows, key=lambda row: row[0]):
        staged = stage.keys(number)
        for row in of_slice:
            if row[1].key not in staged:
                yield row


def _ask_model(orders: Orders, stage: Stage, rows: Iterator[Row], counts: Counts) -> None:
    options = orders.options
    settings = Settings(
        kind=options.kind,
        model_name=orders.endpoint.model_name,
        model_path=options.model_path,
        callable=options.callable,
        arguments=options.arguments,
        model_parameters=orders.model_parameters,
        response_format=orders.response_format,
        dimensions=orders.dimensions,
    )
    model = BatchedModel(loaded(settings), orders.endpoint, orders.dimensions)
    unproven: list[tuple[int, list[Answer]]] = []
    looked_at = time.monotonic()
    for number, requests in batched(rows, options.batch_rows, options.batch_tokens):
        if time.monotonic() - looked_at > _LOOK_S:
            if stage.note() is not None:
                break
            looked_at = time.monotonic()
        counts.sent += len(requests)
        counts.calls += 1
        unproven.append((number, model.answer(requests)))
        # Failures of a model that has never answered are the model's: they use up no row's attempts.
        if model.has_answered:
            _stage_all(orders, stage, unproven, counts)
    _stage_all(orders, stage, unproven, counts)


def _stage_all(orders: Orders, stage: Stage, batches: list[tuple[int, list[Answer]]], counts: Counts) -> None:
    for number, answers in batches:
        stage.write(number, answers, orders.labels, store_prompts=orders.store_prompts)
        counts.settled += len(answers)
    batches.clear()


def _ask_api(orders: Orders, stage: Stage, rows: Iterator[Row], counts: Counts) -> None:
    shares = orders.tasks_at_once if orders.options.kind == "api" else 1
    plan = Plan(
        endpoint=shared_out(orders.endpoint, shares),
        model_parameters=orders.model_parameters,
        response_format=orders.response_format,
        retries=orders.retries,
        invocation_id=orders.labels.invocation_id,
        prompt_prefix=orders.prompt_prefix,
        dimensions=orders.dimensions,
    )
    slices: dict[str, int] = {}

    def take() -> list[Request]:
        taken = list(islice(rows, _READ_ROWS))
        slices.update((request.key, number) for number, request in taken)
        return [request for _, request in taken]

    def write(answers: Sequence[Answer]) -> None:
        in_order = sorted(answers, key=lambda answer: slices[answer[0].key])
        for number, of_slice in groupby(in_order, key=lambda answer: slices[answer[0].key]):
            stage.write(number, list(of_slice), orders.labels, store_prompts=orders.store_prompts)

    def committed(requests: Iterable[Request]) -> None:
        for request in requests:
            slices.pop(request.key, None)

    with OneThread("dbt-llm-reader") as reader, OneThread("dbt-llm-stage") as writer:

        async def source() -> AsyncIterator[list[Request]]:
            while taken := await asyncio.get_running_loop().run_in_executor(reader, take):
                yield taken

        run = Run(plan, source(), BufferedResponses(write, writer, linger_s=_LINGER_S, committed=committed), counts)
        looked_at = time.monotonic()

        def tick() -> None:
            nonlocal looked_at
            if time.monotonic() - looked_at > _LOOK_S:
                looked_at = time.monotonic()
                if stage.note() is not None:
                    run.interrupt()

        try:
            host.wait(submit(run.execute()), run, tick)
        except OSError as error:
            stage.end(Note("failed", f"dbt_llm.enrich: a worker cannot write to the stage ({error_words(error)})."))
            return
    if run.stopped is not None and run.stopped != "interrupted":
        message = run.error.sentence("enrich", counts.answered) if run.error is not None else f"dbt_llm.enrich: {run.stopped}."
        stage.end(Note(run.stopped, message))

"""The sink of a Python engine: the responses table, written through the session of the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor

from ..responses import Answer, Labels, embedding_rows, response_rows
from ..sink import BufferedResponses
from ..warehouses import Warehouse
from .batch.ledger import literal

__all__ = ["known_keys", "warehouse_sink"]


def warehouse_sink(
    warehouse: Warehouse,
    responses: str,
    labels: Labels,
    session: Executor,
    *,
    store_prompts: bool = False,
    embeddings: str | None = None,
) -> BufferedResponses:
    """The responses table as a sink. `session`: the one thread that uses the warehouse while the sink is open.

    `embeddings`: the table of their vectors, which are written first: a response says that its vector is there.
    """

    def write(answers: Sequence[Answer]) -> None:
        vectors = [] if embeddings is None else embedding_rows(answers, labels)
        if embeddings is not None and vectors:
            warehouse.append(embeddings, vectors)
        warehouse.append(responses, response_rows(answers, labels, store_prompts=store_prompts))

    def known(answers: Sequence[Answer]) -> set[str]:
        # A write that broke off may have come to pass, whole or in part.
        attempts = {request.key: request.attempt + 1 for request, _ in answers}
        return known_keys(warehouse, responses, attempts, labels.invocation_id)

    return BufferedResponses(write, session, linger_s=warehouse.linger_s, known=known)


def known_keys(warehouse: Warehouse, responses: str, attempts: Mapping[str, int], invocation_id: str | None) -> set[str]:
    """The keys whose answers of these attempts the table has from an invocation; of earlier attempts it may have others."""
    if not attempts:
        return set()
    listed = ", ".join(map(literal, attempts))
    rows = warehouse.rows(
        f"select request_key, max(attempt) from {responses} where request_key in ({listed})"
        f" and invocation_id = {literal(str(invocation_id))} group by request_key"
    )
    return {key for key, attempt in rows if int(attempt or 0) >= attempts[key]}

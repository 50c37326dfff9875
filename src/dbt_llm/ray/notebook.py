"""`dbt_llm.ray.complete`: a Dataset in, a Dataset out, without dbt; its stage is its cache."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from ..client import Counts, DbtLlmError, Request, host
from ..contract import request_key
from ..responses import Labels
from ..workers.files import absolute
from ..workers.lease import alone
from ..workers.options import RayOptions
from ..workers.stage import Stage
from ..workers.work import Orders, Row
from .clusters import connected
from .job import Job, actors, rows_of_a_part

__all__ = ["complete"]

_EVERY_S = 5.0
_ROWS_OF_A_READ = 1_000
_ROWS_OF_A_LOOK = 65_536
"""Each look reads the stage once."""
_KeyOf = Callable[[str], str]


def complete(
    dataset: Any,
    prompt: str,
    endpoint: Mapping[str, Any],
    *,
    response_format: Mapping[str, Any] | None = None,
    model_parameters: Mapping[str, Any] | None = None,
) -> Any:
    """Return `dataset` with the columns `completion` and `error`, each distinct prompt asked once.

    `dataset`: a Ray Dataset. `prompt`: the column that holds the prompts; a NULL is asked nothing. `endpoint`: the keys of an
    entry `ray` (docs/ray.md); its `stage` keeps the answers of this call, so name another one for other parameters.
    `response_format`: a JSON Schema of type object; completions are not validated. Everything is asked before this returns,
    and the Dataset reads the stage: to use it twice asks nothing. A call with the same stage asks for the rest only.

    Raises `ConfigurationError` with every fault of the entry, and `DbtLlmError` where the run ends early; what was answered
    by then is staged.
    """
    host.refuse_to_spend_unless_asked("complete", allow_outside_dbt=True)
    options, checked = RayOptions.split_entry("endpoint", endpoint)
    url = absolute(options.stage)
    stage = Stage(url)
    orders = Orders(
        stage=url,
        options=options,
        endpoint=checked,
        labels=Labels("complete", checked.model_name, None, str(uuid.uuid4()), "ray"),
        model_parameters=dict(model_parameters or {}),
        response_format=response_format,
        tasks_at_once=actors(options, checked),
    )
    # The key that a task of dbt would have.
    key_of = partial(
        request_key,
        model_name=checked.model_name,
        model_parameters=orders.model_parameters,
        # Without one there is no such task, and the key is of the JSON null.
        response_format=response_format,  # type: ignore[arg-type]
    )
    with alone(url, "complete"), connected(options, checked.name, on_spark=False):
        # What a call that was killed has left beside its answers.
        stage.clear()
        part_rows = rows_of_a_part(options, dataset.count() if options.is_over_http else 0)
        rows = _new_rows(dataset, prompt, key_of, stage.keys(), part_rows)
        Job(orders, options).run("work", rows, part_rows, lambda: None, _EVERY_S, Counts())
        note = stage.note()
        stage.clear()
    if note is not None:
        raise DbtLlmError(note.message)
    return dataset.map_batches(partial(_with_answers, url, prompt, key_of), batch_size=_ROWS_OF_A_LOOK, batch_format="pyarrow")


def _new_rows(dataset: Any, prompt: str, key_of: _KeyOf, staged: set[str], slice_rows: int) -> Iterator[Row]:
    """Each distinct prompt that has no answer in the stage."""
    known = {bytes.fromhex(key)[:16] for key in staged}
    number = 0
    for batch in dataset.select_columns([prompt]).iter_batches(batch_size=_ROWS_OF_A_READ, batch_format="pyarrow"):
        for text in _texts(batch, prompt):
            if text is None:
                continue
            key = key_of(text)
            digest = bytes.fromhex(key)[:16]
            if digest not in known:
                known.add(digest)
                yield number // slice_rows, Request(key, text)
                number += 1


def _with_answers(url: str, prompt: str, key_of: _KeyOf, table: Any) -> Any:
    """A batch with the two columns."""
    import pyarrow as pa  # type: ignore[import-untyped]

    keys = [None if text is None else key_of(text) for text in _texts(table, prompt)]
    found = Stage(url).completions({key for key in keys if key is not None})
    answers = [(None, None) if key is None else found.get(key, (None, None)) for key in keys]
    for name, values in zip(("completion", "error"), zip(*answers, strict=True), strict=True):
        column = pa.array(values, pa.string())
        there = table.schema.get_field_index(name)
        table = table.append_column(name, column) if there < 0 else table.set_column(there, name, column)
    return table


def _texts(table: Any, prompt: str) -> list[str | None]:
    return list(table.column(prompt).cast("string").to_pylist())

"""What Ray's actors run: the parts of the work come in, what was done with each goes out; the answers are in the stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import Any

from ..client.redaction import error_words
from ..workers.files import files_at
from ..workers.stage import Note, Stage
from ..workers.work import Orders, work
from .parts import Part, read_part

__all__ = ["Asking", "Report", "batch_of", "described", "reports_of", "stage_in_use"]


@dataclass(frozen=True)
class Report:
    """That a part is done with: by its number, with what it took."""

    part: int
    sent: int
    calls: int = 0
    throttled: int = 0


def described(part: Part) -> dict[str, Any]:
    """A part as a row of the dataset that the actors take their work from."""
    return {"part": part.number, "file": part.file, "group": part.group}


def batch_of(reports: Sequence[Report]) -> dict[str, list[int]]:
    """Reports as a batch of Ray Data."""
    return {item.name: [getattr(report, item.name) for report in reports] for item in fields(Report)}


def reports_of(batch: Mapping[str, Any]) -> Iterator[Report]:
    """The reports of such a batch, as Ray hands it back."""
    for values in zip(*(batch[item.name] for item in fields(Report)), strict=True):
        yield Report(*map(int, values))


class Asking:
    """An actor: the model is loaded in its process when it is first asked, and stays there."""

    def __init__(self, orders: Orders, batch_rows: int | None) -> None:
        """`batch_rows`: less than the entry has; None for as many."""
        if batch_rows is not None and not orders.options.is_over_http:
            orders = replace(orders, options=replace(orders.options, batch_rows=batch_rows))
        self._orders = orders

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, list[int]]:
        """`batch`: one part, as `described`."""
        [part], [file], [group] = (batch[name].tolist() for name in ("part", "file", "group"))
        with stage_in_use(self._orders.stage):
            counts = work(self._orders, read_part(files_at(self._orders.stage), file, group))
            return batch_of([Report(part, counts.sent, counts.calls, counts.throttled)])
        return batch_of([])


@contextmanager
def stage_in_use(url: str) -> Iterator[None]:
    """End the run where its stage cannot be read or written: whatever is asked would be lost, and asked again."""
    try:
        yield
    except OSError as error:
        Stage(url).end(Note("failed", f"dbt_llm.enrich: a worker cannot use the stage ({error_words(error)})."))

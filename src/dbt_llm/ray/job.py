"""The requests of one job, asked of Ray's actors: in batches, and what was lost with an actor again in smaller ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from ..client import Counts, Endpoint, host
from ..client.redaction import error_words
from ..workers.batches import MANY, batched, failure
from ..workers.files import files_at
from ..workers.options import RayOptions
from ..workers.stage import Note, Stage
from ..workers.watch import Watched
from ..workers.work import Orders, Row
from .parts import Part, read_part, write_parts
from .rounds import FIRST_BATCHES, Round, carry_out

__all__ = ["Job", "actors", "rows_of_a_part"]

_FEW_ROWS = 16
"""Of a batch that is asked again because an actor died of the one before."""
_MOST_HTTP_ROWS = 1_000
_SHARES = 8
"""In how many parts an actor's share of calls over HTTP is cut, so that all of them end at about the same time."""


def actors(options: RayOptions, endpoint: Endpoint) -> int:
    """How many ask at once."""
    replicas = int(options.replicas)
    # No more than share the rates: so their sum holds.
    return max(1, min(replicas, endpoint.max_in_flight)) if options.kind == "api" else replicas


def rows_of_a_part(options: RayOptions, requests: int) -> int:
    """How many requests an actor is given at once, of so many in all."""
    if options.is_over_http:
        return max(1, min(_MOST_HTTP_ROWS, requests // (int(options.replicas) * _SHARES)))
    batch_rows = int(options.batch_rows)
    if options.kind == "vllm":
        # What an engine has under way, and what its death costs, are `batch_rows` in all.
        return -(-batch_rows // FIRST_BATCHES)
    # So many that a model which answers nothing shows it.
    return batch_rows * -(-MANY // batch_rows)


class Job(Watched):
    """Has requests answered into a stage. Used once, from one thread; `interrupt` from anywhere."""

    def __init__(self, orders: Orders, options: RayOptions) -> None:
        super().__init__(Stage(orders.stage))
        self._orders = orders
        self._options = options
        self._files = files_at(orders.stage)

    def run(
        self, folder: str, rows: Iterable[Row], part_rows: int, tick: Callable[[], None], every_s: float, counts: Counts
    ) -> None:
        """Ask them. `folder`: for files beside the stage. `part_rows`: as `rows_of_a_part` says.

        `tick`: called every `every_s` seconds, and never at once. `counts`: where what the actors did is counted; those that
        died tell nothing. What ends the run early is left in the stage as a note. Raises what `tick` raises.
        """
        sizes = self._sizes(part_rows)
        left: list[Part] = []
        with host.interrupted_by_host(self):
            for number, size in enumerate(sizes):
                if number > 0:
                    rows = list(self._not_staged(left))
                batches = batched(rows, size, self._tokens_of_a_part(size))
                parts = write_parts(self._files, f"{folder}/{number}", batches)
                if not parts:
                    return
                done = self._ask(parts, Round(size, is_first=number == 0), tick, every_s, counts)
                left = [part for part in parts if part.number not in done]
                if not left or self._stage.note() is not None:
                    return
                lost = sum(part.rows for part in left)
                if lost >= MANY and (not self._stage.names() or (size == sizes[-1] and not done)):
                    self._stage.end(Note("fatal", f"dbt_llm.enrich: {self._is_at_fault(lost)}"))
                    return
        self._give_up(list(self._not_staged(left)))

    def _sizes(self, part_rows: int) -> list[int]:
        """The most requests of a part: at first, and each time that those of lost parts are asked again."""
        if self._options.is_over_http:
            # No call ends a worker.
            return [part_rows, part_rows]
        # The last one by one, whatever was first: who is blamed was asked alone.
        return [part_rows, *([_FEW_ROWS] if part_rows > _FEW_ROWS else []), 1]

    def _tokens_of_a_part(self, rows: int) -> float:
        if self._options.is_over_http:
            return float("inf")
        return self._options.batch_tokens * rows / self._options.batch_rows if rows > 1 else self._options.batch_tokens

    def _not_staged(self, parts: Iterable[Part]) -> Iterator[Row]:
        staged: dict[int, set[str]] = {}
        for part in parts:
            for number, request in read_part(self._files, part.file, part.group):
                if number not in staged:
                    staged[number] = self._stage.keys(number)
                if request.key not in staged[number]:
                    yield number, request

    def _ask(self, parts: Sequence[Part], how: Round, tick: Callable[[], None], every_s: float, counts: Counts) -> set[int]:
        """Have the parts asked; return the numbers of those that are done with."""
        import ray  # type: ignore[import-not-found, unused-ignore]

        carried_out = ray.remote(num_cpus=0, max_retries=0)(carry_out)
        if self._options.runtime:
            carried_out = carried_out.options(runtime_env=dict(self._options.runtime))
        # In the cluster, as its driver there can be ended; what it says is not said between dbt's lines.
        job = carried_out.remote(self._orders, self._options, parts, how)

        def end() -> None:
            ray.cancel(job, force=True)

        try:
            self.watch(lambda seconds: bool(ray.wait([job], timeout=seconds)[0]), end, tick, every_s)
        except BaseException as error:
            self._stage.end(Note("failed", f"dbt_llm.enrich: the run broke off ({error_words(error)})."))
            end()
            raise
        try:
            fault, reports = ray.get(job)
        except ray.exceptions.RayError as error:
            # Its text quotes the actors', which may quote a prompt.
            self._stage.end(Note("failed", f"dbt_llm.enrich: the Ray job broke off ({type(error).__name__})."))
            return set()
        if fault is not None:
            self._stage.end(Note("fatal", f"dbt_llm.enrich: {fault}"))
        for report in reports:
            counts.sent += report.sent
            counts.calls += report.calls
            counts.throttled += report.throttled
        return {report.part for report in reports}

    def _give_up(self, rows: Sequence[Row]) -> None:
        if self._options.is_over_http:
            if rows:
                words = f"{len(rows):,} requests were lost with actors that died, twice. They stay pending."
                self._stage.end(Note("failed", f"dbt_llm.enrich: {words}"))
            return
        for number, request in rows:
            response = failure("provider_error", "a worker died at this prompt, which it was asked alone", time.time(), 0)
            self._stage.write(number, [(request, response)], self._orders.labels, store_prompts=self._orders.store_prompts)

    def _is_at_fault(self, lost: int) -> str:
        return (
            f"the workers of the model '{self._orders.endpoint.model_name}' died or raised at each of {lost:,} prompts. Look at"
            " their logs, and at the memory that they have; lower batch_rows and batch_tokens where they are short of it."
        )

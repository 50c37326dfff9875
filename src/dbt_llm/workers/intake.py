"""Taking staged answers into the responses table: while a run goes on, and what a dead one has left."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from ..client import Counts, Sink, submit
from ..responses import Answer, Labels
from .stage import Stage

__all__ = ["Intake"]

_MOST_ANSWERS = 10_000
"""Of one write."""
_MOST_NUMBERS = 2_000_000
"""Of the vectors of one write."""

OpenSink = Callable[[Labels], Sink]


class Intake:
    """Takes the answers of one stage in, each request's once. Used from one thread, outside the client's event loop.

    Files stay in the stage, as a slice that is tried again looks for them; `finish` removes those that are taken in.
    """

    def __init__(
        self,
        stage: Stage,
        open_sink: OpenSink,
        counts: Counts,
        known: Callable[[Labels, Sequence[Answer]], Collection[str]],
        *,
        is_own: bool = False,
    ) -> None:
        """`open_sink`: to the responses table, for answers with these labels. `counts`: where they are counted.

        `known`: the keys of those answers that the table has from the run of these labels. `is_own`: nobody else takes this
        stage in, so that is asked only once a write has failed, which may have come to pass in part.
        """
        self._stage = stage
        self._open_sink = open_sink
        self._counts = counts
        self._known = known
        self._is_sure = is_own
        self._taken: set[str] = set()
        self._seen: set[bytes] = set()

    def take(self) -> None:
        """Take in what is staged by now. Raises what the table raises; what is not written stays staged."""
        names = [name for name in self._stage.names() if name not in self._taken]
        gathered: list[tuple[str, Labels, list[Answer]]] = []
        size, numbers = 0, 0
        for name in sorted(names):
            found = self._stage.read(name)
            if found is None:
                continue
            gathered.append((name, *found))
            size += len(found[1])
            numbers += sum(len(response.vector or ()) for _, response in found[1])
            if size >= _MOST_ANSWERS or numbers >= _MOST_NUMBERS:
                self._write(gathered)
                gathered, size, numbers = [], 0, 0
        self._write(gathered)

    def finish(self) -> None:
        """Remove what is taken in: nobody works on it any more."""
        for name in self._taken:
            self._stage.remove(name)
        self._taken.clear()

    def _write(self, files: Sequence[tuple[str, Labels, list[Answer]]]) -> None:
        by_labels: dict[Labels, list[Answer]] = {}
        for _, labels, answers in files:
            by_labels.setdefault(labels, []).extend(answers)
        for labels, answers in by_labels.items():
            known = () if self._is_sure else self._known(labels, answers)
            new: list[Answer] = []
            digests: set[bytes] = set()
            # Two attempts at one slice, side by side, answer the same requests.
            for request, response in answers:
                digest = bytes.fromhex(request.key)[:16]
                if digest not in self._seen and digest not in digests and request.key not in known:
                    new.append((request, response))
                digests.add(digest)
            if new:
                was_sure, self._is_sure = self._is_sure, False
                self._commit(labels, new)
                self._is_sure = was_sure
            # Not before they are written: what is not, the next look takes.
            self._seen |= digests
        self._taken.update(name for name, _, _ in files)

    def _commit(self, labels: Labels, answers: Sequence[Answer]) -> None:
        sink = self._open_sink(labels)

        async def write() -> None:
            for request, response in answers:
                sink.keep(request, response)
            await sink.close()

        submit(write()).result()
        for _, response in answers:
            self._counts.settled += 1
            self._counts.add_response(response)
        for counted, there in sink.changes:
            self._counts.take_back(counted)
            if there is None:
                self._counts.settled -= 1
            else:
                self._counts.add_response(there)

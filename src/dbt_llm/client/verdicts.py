"""Whose fault it is that a request was not answered, and what follows: one table, and the run's memory that it needs.

A verdict on the endpoint takes several requests that met the same, with no answer in between; a verdict on a request takes
an answer to another one. What a setting could mend is never final, unless others are answered with the same settings.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from .inputs import Asked
from .outcomes import ErrorClass, Kind, Outcome, Response, Trouble

__all__ = ["CELLS", "MANY", "Answer", "Cells", "Ruling", "Verdict", "Verdicts", "trouble_of"]

MANY = 20
"""So many requests in a row, with no answer in between, are no chance, where a request may be at fault itself."""
_SEVERAL = 3
"""The same, where no request is ever at fault itself."""
_COSTLY = 10
"""The same, where each of them may have been billed."""


class Verdict(Enum):
    """What becomes of a request."""

    FINAL = "it is kept as failed, and never asked again"
    AGAIN = "it is kept as failed, and asked again by later runs, up to max_attempts"
    LEFT = "nothing is kept and no attempt used up: it is pending, and the run ends as `unanswered`"
    UNANSWERED = "the run ends as `unanswered`, with a warning"
    THROTTLED = "the run ends as `throttled`, with a warning"
    FATAL = "the run ends with an error, and so do the others of this invocation on this endpoint"


@dataclass(frozen=True)
class Cells:
    """A row of the table.

    `beside`: others are answered. `alone`: the run ends, nothing was answered, and there were fewer than `most`. `first`:
    `most` in a row before anything was answered; `later`: `most` in a row since the last answer.
    """

    beside: Verdict
    alone: Verdict
    most: int = 0
    first: Verdict | None = None
    later: Verdict | None = None


_V = Verdict

CELLS: Mapping[Trouble, Cells] = {
    Trouble.OWN: Cells(_V.FINAL, _V.FINAL),
    Trouble.TOO_LARGE: Cells(_V.FINAL, _V.AGAIN, MANY, _V.AGAIN, _V.AGAIN),
    Trouble.REFUSED: Cells(_V.FINAL, _V.LEFT, MANY, _V.FATAL, _V.AGAIN),
    Trouble.BLOCKED: Cells(_V.AGAIN, _V.LEFT, MANY, _V.FATAL, _V.FATAL),
    Trouble.MISSET: Cells(_V.AGAIN, _V.FATAL, _SEVERAL, _V.FATAL, _V.FATAL),
    Trouble.UNREACHABLE: Cells(_V.AGAIN, _V.FATAL, _SEVERAL, _V.FATAL, _V.FATAL),
    Trouble.PUT_OFF: Cells(_V.AGAIN, _V.THROTTLED, _SEVERAL, _V.THROTTLED, _V.THROTTLED),
    Trouble.BROKEN: Cells(_V.AGAIN, _V.AGAIN, MANY, _V.UNANSWERED, _V.UNANSWERED),
    Trouble.DROPPED: Cells(_V.AGAIN, _V.AGAIN, MANY, _V.FATAL, _V.UNANSWERED),
    Trouble.LATE: Cells(_V.AGAIN, _V.AGAIN, _COSTLY, _V.FATAL, _V.UNANSWERED),
    Trouble.EMPTY: Cells(_V.FINAL, _V.AGAIN, _COSTLY, _V.FATAL, _V.UNANSWERED),
    Trouble.NO_ANSWER: Cells(_V.AGAIN, _V.AGAIN, _COSTLY, _V.FATAL, _V.UNANSWERED),
}
"""The verdict on a request, by what came of it and by what else the endpoint answered in this run.

A request that an earlier run has kept as failed is a poor witness: it is judged as if others had been answered, where that
is not final, and `MANY` like it in a row end the run as `unanswered`. Not so what is never a request's own (a key, an
address, a pause) before an answer has come: it would use up the attempts of all rows, and say nothing.
"""

_ENDS = (Verdict.FATAL, Verdict.THROTTLED, Verdict.UNANSWERED)

_TOO_LONG = re.compile(
    r"context[ _-]?(length|size|window|limit)|maximum (model|prompt|input) length|string_above_max_length"
    r"|(prompt|input|request|message)s? (is|was|are|length)?.{0,20}(too long|exceeds)|input ?token(s| count)\b.{0,80}exceed"
    r"|exceeds? .{0,60}(input|maximum( number of)?) tokens|too large for model with",
    re.IGNORECASE,
)
"""What endpoints say of a prompt that is longer than the model reads: their words and codes, in docs/errors.md."""


def trouble_of(outcome: Outcome, *, is_put_off: bool = False) -> Trouble | None:
    """What came of a request whose last call came to this; None: an answer."""
    if outcome.kind is Kind.SUCCEEDED:
        return None
    if is_put_off or outcome.kind is Kind.THROTTLED:
        return Trouble.PUT_OFF
    if outcome.trouble is not None:
        return outcome.trouble
    if outcome.kind is Kind.FATAL:
        return Trouble.BLOCKED if outcome.fault == "access" else Trouble.MISSET
    if outcome.kind is Kind.TRANSIENT:
        return Trouble.LATE if outcome.is_late else Trouble.BROKEN
    if outcome.error_class != "invalid_request":
        return Trouble.OWN
    if outcome.status in (413, 429):
        return Trouble.TOO_LARGE
    return Trouble.OWN if _TOO_LONG.search(f"{outcome.code} {outcome.message}") else Trouble.REFUSED


@dataclass(slots=True)
class Answer:
    """What became of one request: its response, and the outcome of its last call. `trouble`: None where it is answered.

    `is_billed`: a call of it may have been. `wait_s`: where it was put off, for how long; or for how long it would have been.
    `is_divided`: it is several, which are to be asked apart.
    """

    response: Response
    outcome: Outcome
    trouble: Trouble | None = None
    is_billed: bool = False
    wait_s: float = 0.0
    is_divided: bool = False

    @property
    def is_proof(self) -> bool:
        """Whether it shows that the endpoint answers: a completion, or one that the model cut off or refused to give."""
        return self.trouble is None or (self.response.error_class in ("truncated", "refused") and self.is_billed)


@dataclass
class Ruling:
    """What a run is to do now. `left`: requests of which nothing is kept.

    `end`: why it has to end, if it has to; `trouble` of `answer` and `witnesses` say by what.
    """

    kept: list[tuple[Asked, Response]] = field(default_factory=list)
    left: int = 0
    end: Verdict | None = None
    answer: Answer | None = None
    witnesses: int = 0


class Verdicts:
    """The judgements of one run."""

    def __init__(self) -> None:
        self._answers = 0
        self._is_over = False
        self._held: list[tuple[Asked, Answer]] = []
        self._in_a_row: Counter[tuple[Trouble, bool]] = Counter()

    @property
    def has_answers(self) -> bool:
        """Whether the endpoint has answered anything in this run."""
        return self._answers > 0

    def judge(self, request: Asked, answer: Answer) -> Ruling:
        """Take what became of a request. One that can be judged only by what comes is held back."""
        if answer.is_proof:
            return self._proved(request, answer)
        assert answer.trouble is not None
        cells = CELLS[answer.trouble]
        if cells.most == 0:
            return Ruling([(request, answer.response)])
        if self._is_over:
            return self._ended([(request, answer)])
        is_nobodys = answer.trouble in (Trouble.MISSET, Trouble.UNREACHABLE, Trouble.PUT_OFF) and not self._answers
        has_failed_before = request.has_failed_before and cells.beside is Verdict.AGAIN and not is_nobodys
        self._in_a_row[answer.trouble, has_failed_before] += 1
        in_a_row = self._in_a_row[answer.trouble, has_failed_before]
        if has_failed_before:
            kept = [(request, _again(answer))]
            if in_a_row < MANY:
                return Ruling(kept)
            ruling = self._end(Verdict.UNANSWERED, answer, in_a_row)
            ruling.kept += kept
            return ruling
        kept = []
        if answer.is_billed and cells.beside is cells.alone is Verdict.AGAIN:
            # Nothing that may come changes what becomes of it, and its bill must not be lost.
            kept.append((request, _again(answer)))
        else:
            self._held.append((request, answer))
        if in_a_row < cells.most:
            return Ruling(kept)
        verdict = cells.later if self._answers else cells.first
        if verdict in _ENDS:
            ruling = self._end(verdict, answer, in_a_row)
            ruling.kept += kept
            return ruling
        # Too many to hold back: free to ask again, and nobody's fault for certain.
        same = [(held, why) for held, why in self._held if why.trouble is answer.trouble]
        self._held = [(held, why) for held, why in self._held if why.trouble is not answer.trouble]
        return Ruling(kept + [(held, _again(why)) for held, why in same])

    def close(self, *, is_cut: bool = False) -> Ruling:
        """Judge what is held back, as nothing else comes. `is_cut`: there was more, which a limit or budget has left out.

        Then all of it is kept, so that the next run begins with others.
        """
        ruling, held = Ruling(), self._held
        self._held = []
        for request, answer in held:
            assert answer.trouble is not None
            cells = CELLS[answer.trouble]
            verdict = cells.beside if self._answers else cells.alone
            if is_cut and verdict is Verdict.LEFT:
                verdict = Verdict.AGAIN
            if verdict is Verdict.FINAL:
                ruling.kept.append((request, _final(answer)))
            elif verdict is Verdict.AGAIN:
                ruling.kept.append((request, _again(answer)))
            else:
                verdict = Verdict.UNANSWERED if verdict is Verdict.LEFT else verdict
                ruling.left += 1
                if ruling.end is None or _ENDS.index(verdict) < _ENDS.index(ruling.end):
                    ruling.end, ruling.answer, ruling.witnesses = verdict, answer, 0
                ruling.witnesses += ruling.answer is not None and ruling.answer.trouble is answer.trouble
        return ruling

    def _proved(self, request: Asked, answer: Answer) -> Ruling:
        self._answers += 1
        self._in_a_row.clear()
        held, self._held = self._held, []
        kept = [(request, answer.response)]
        for earlier, why in held:
            assert why.trouble is not None
            is_final = CELLS[why.trouble].beside is Verdict.FINAL
            kept.append((earlier, _final(why) if is_final else _again(why)))
        return Ruling(kept)

    def _end(self, verdict: Verdict, answer: Answer, witnesses: int) -> Ruling:
        self._is_over = True
        held, self._held = self._held, []
        ruling = self._ended(held)
        ruling.end, ruling.answer, ruling.witnesses = verdict, answer, witnesses
        return ruling

    @staticmethod
    def _ended(held: list[tuple[Asked, Answer]]) -> Ruling:
        """What was billed is kept, so that it is counted and may not be billed for ever; the rest never happened."""
        kept = [(request, _again(answer)) for request, answer in held if answer.is_billed]
        return Ruling(kept, left=len(held) - len(kept))


_PASSING: tuple[ErrorClass, ...] = ("provider_error", "timeout", "connection_error", "throttled")


def _again(answer: Answer) -> Response:
    error_class = answer.response.error_class
    is_quota = answer.trouble is Trouble.TOO_LARGE and answer.outcome.status == 429
    if answer.trouble is Trouble.PUT_OFF or is_quota:
        return replace(answer.response, error_class="throttled")
    return answer.response if error_class in _PASSING else replace(answer.response, error_class="provider_error")


def _final(answer: Answer) -> Response:
    error_class: ErrorClass = "invalid_json" if answer.trouble is Trouble.EMPTY else "invalid_request"
    return replace(answer.response, error_class=error_class)

"""Reads the results of a batch job that has ended into the responses: what is kept, what is asked again, what is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ...client import Counts, Endpoint, FatalEndpointError
from ...client.forms import Form
from ...client.inputs import SEVERAL, wrong_length
from ...client.limits import FIRST_OUTPUT_TOKENS
from ...client.outcomes import Kind, Outcome, Request, Response, Trouble, told
from ...client.redaction import token
from ...client.verdicts import CELLS, MANY, Verdict, trouble_of
from ...responses import Answer, Labels, embedding_rows, response_rows
from .ledger import Asked, Job
from .provider import BatchResult

__all__ = ["COMMIT_ROWS", "Read", "ResultReader"]

COMMIT_ROWS = 2_000
"""Responses of one commit."""
_COMMIT_NUMBERS = 500_000
"""Numbers of the vectors of one commit, each of which is some 30 bytes on its way to a table."""

_REMEMBERED_WORDS = 1_000
_THE_ONE = 0
"""The place of the text in a request of a job, which has one."""


@dataclass
class Read:
    """What reading a job's results came to, in requests."""

    results: int = 0
    """Results read, whatever they are."""
    answered: int = 0
    """Requests with an HTTP answer of 2xx, those kept by an earlier run among them."""
    counts: Counts = field(default_factory=lambda: Counts(cost_usd=0.0))
    """Of the responses that were kept now."""
    ended: int = 0
    """Expired or cancelled: not billed."""
    duplicates: int = 0
    unknown: int = 0
    malformed: int = 0
    missing: int = 0
    """Requests without a result."""
    held: int = 0
    """Failures that were not kept, because the whole job has failed by them."""
    first_failure: str | None = None
    """The message of the first failure that was kept."""
    is_doubtful: bool = False
    """Whether those that were held are too few to tell that the endpoint's settings are at fault."""
    words: str | None = None
    """What the provider said of those that were held."""
    lengths: Counter[int] = field(default_factory=Counter)
    """Vectors by their length."""

    def oddities(self) -> str:
        """What results should not have, in words; empty where they have none of it."""
        found = {
            "of requests that came before": self.duplicates,
            "of requests that are not the job's": self.unknown,
            "that cannot be read": self.malformed,
        }
        return ", ".join(f"{count:,} {what}" for what, count in found.items() if count)

    def wrong_length(self, endpoint: str, dimensions: int) -> FatalEndpointError | None:
        """Why to ask no more, where several vectors are of another length, and none is right."""
        if dimensions in self.lengths or self.lengths.total() < SEVERAL:
            return None
        return FatalEndpointError(*wrong_length(endpoint, next(iter(self.lengths)), dimensions))


@dataclass
class ResultReader:
    """Keeps the results of one job, a few thousand in each commit.

    A failure that may tell of the account or of the task's parameters (a bad key, no credit, an invalid request) is held
    back to the end. Where the job then has no answer at all, nothing tells that it is the requests' own: it is not kept,
    and they are asked again once it is set right, as the table in `client.verdicts` says.

    A provider's words may hold a piece of the prompt. Those that errors are made of are kept, where the prompt is known, or
    where two requests of the job were told the same; else the error's code has to do.
    """

    job: Job
    asked: dict[str, Asked]
    form: Form
    prices: Endpoint
    labels: Labels
    append: Callable[[list[dict[str, Any]]], None]
    append_vectors: Callable[[list[dict[str, Any]]], None]
    """Called before `append`: a response says that its vector is there."""
    now: Callable[[], float]
    count_kept: Callable[[], int]
    """How many responses of the job are kept by now, whoever has written them."""
    asked_now: Callable[[], dict[str, Asked]]
    """As `asked`, read anew."""
    store_prompts: bool = False
    api_key: str | None = None
    read: Read = field(default_factory=Read)
    _kept: list[tuple[str, Asked, Outcome]] = field(default_factory=list)
    _held: list[tuple[str, Asked, Outcome]] = field(default_factory=list)
    _has_proof: bool = False
    """Whether the job has an answer: a completion, or one that the model, not a filter before it, cut off or refused to give."""
    _count: int | None = None
    """As `count_kept` would say, if nobody else wrote."""
    _seen: set[str] = field(default_factory=set)
    _told: Counter[str] = field(default_factory=Counter)
    _numbers: int = 0
    """Of the vectors that are kept and not written."""

    def read_all(self, results: Iterable[BatchResult], tick: Callable[[Read], None]) -> Read:
        """Read all results. Raises what the provider's client and the platform raise; reading again then does no harm."""
        for result in results:
            self._read_one(result)
            if len(self._kept) >= COMMIT_ROWS or self._numbers >= _COMMIT_NUMBERS:
                self._commit()
            tick(self.read)
        self._settle_held()
        self._commit()
        self.read.missing = len(self.asked) - len(self._seen)
        return self.read

    def _read_one(self, result: BatchResult) -> None:
        read = self.read
        read.results += 1
        asked = self.asked.get(result.custom_id)
        if not result.custom_id:
            read.malformed += 1
        elif asked is None:
            read.unknown += 1
        elif result.custom_id in self._seen:
            read.duplicates += 1
        else:
            self._seen.add(result.custom_id)
            if result.ended in ("expired", "cancelled"):
                read.ended += 1
                return
            outcome = self._outcome(result)
            if result.body is not None and (result.status is None or 200 <= result.status < 300):
                read.answered += 1
            is_cut_or_refused = outcome.error_class in ("truncated", "refused") and outcome.may_be_billed
            self._has_proof |= outcome.kind is Kind.SUCCEEDED or is_cut_or_refused
            if asked.is_settled:
                # By an earlier run, which was interrupted.
                return
            if not _is_known(outcome, asked):
                self._held.append((result.custom_id, asked, outcome))
            else:
                self._kept.append((result.custom_id, asked, outcome))
                self._numbers += sum(map(len, outcome.vectors.values()))

    def _outcome(self, result: BatchResult) -> Outcome:
        if result.body is None:
            return Outcome(Kind.TRANSIENT, "provider_error", result.message, status=result.status)
        outcome = self.form.interpret(200 if result.status is None else result.status, result.body)
        if outcome.vectors and _THE_ONE not in outcome.vectors:
            outcome.vectors = {}
            outcome.blank("a vector of another text")
        return outcome

    def _settle_held(self) -> None:
        held, self._held = self._held, []
        if not self._has_proof:
            # What was billed is kept, so that it is counted and may not be billed for ever.
            unproven = [outcome for _, _, outcome in held if outcome.trouble is not Trouble.EMPTY]
            held = [each for each in held if each[2].trouble is Trouble.EMPTY]
            self._hold_back(unproven)
        for custom_id, asked, outcome in held:
            if outcome.kind is Kind.FATAL:
                # Others were answered, so it passes, or is this request's own; and it may not be asked for ever.
                outcome.kind, outcome.error_class = Kind.TRANSIENT, "provider_error"
            elif self._has_proof and outcome.trouble is Trouble.EMPTY:
                outcome.kind, outcome.error_class = Kind.FAILED, "invalid_json"
            self._kept.append((custom_id, asked, outcome))
            if len(self._kept) >= COMMIT_ROWS:
                self._commit()

    def _hold_back(self, outcomes: list[Outcome]) -> None:
        """Keep none of these, as nothing tells whose fault they are."""
        if not outcomes:
            return
        fatal = [outcome for outcome in outcomes if outcome.kind is Kind.FATAL]
        self._remember(outcomes)
        self.read.held = len(outcomes)
        self.read.is_doubtful = not fatal and len(outcomes) < MANY
        self.read.words = self._message(fatal[0] if fatal else outcomes[0], None)

    def _commit(self) -> None:
        kept, self._kept = self._kept, []
        self._numbers = 0
        self._remember(outcome for _, _, outcome in kept)
        self._leave_to_others(kept)
        answers = [self._answer(asked, outcome) for _, asked, outcome in kept if not asked.is_settled]
        vectors = embedding_rows(answers, self.labels)
        if vectors:
            self.append_vectors(vectors)
        self.append(response_rows(answers, self.labels, store_prompts=self.store_prompts))
        for _, asked, _ in kept:
            asked.is_settled = True
        self._count = (self._count or 0) + len(answers)
        for _, response in answers:
            self.read.counts.add_response(response)
            if response.vector is not None:
                self.read.lengths[len(response.vector)] += 1
            if response.error_message is not None and self.read.first_failure is None:
                self.read.first_failure = response.error_message

    def _leave_to_others(self, kept: list[tuple[str, Asked, Outcome]]) -> None:
        """Another run may collect the same job at the same time: what it has written is not written twice."""
        count = self.count_kept()
        if self._count is not None and count == self._count:
            return
        now = self.asked_now()
        for custom_id, asked, _ in kept:
            asked.is_settled = asked.is_settled or (custom_id in now and now[custom_id].is_settled)
        self._count = count

    def _answer(self, asked: Asked, outcome: Outcome) -> Answer:
        cost = self.prices.cost_usd(
            outcome.input_tokens, outcome.output_tokens, outcome.cached_input_tokens, outcome.cache_write_tokens
        )
        if cost is None and outcome.may_be_billed:
            cost = self._estimated_cost_usd()
        has_failed = outcome.kind is not Kind.SUCCEEDED
        if outcome.kind is Kind.THROTTLED:
            outcome.error_class = "throttled"
        response = Response(
            outcome.completion,
            (outcome.error_class or "provider_error") if has_failed else None,
            self._message(outcome, asked.prompt) if has_failed else None,
            token(outcome.finish_reason),
            outcome.input_tokens,
            outcome.output_tokens,
            cost,
            None,
            outcome.response_model,
            self.job.intended_at.timestamp(),
            self.now(),
            outcome.cached_input_tokens,
            outcome.cache_write_tokens,
            outcome.vectors.get(_THE_ONE),
        )
        return Request(asked.request_key, asked.prompt or "", asked.attempt), response

    def _estimated_cost_usd(self) -> float | None:
        """What a request of the job costs at most, as far as can be known; None without prices."""
        input_tokens = self.job.estimated_input_tokens / max(self.job.requests, 1)
        most = self.form.max_output_tokens
        return self.prices.cost_usd(input_tokens, FIRST_OUTPUT_TOKENS if most is None else most)

    def _remember(self, outcomes: Iterable[Outcome]) -> None:
        self._told.update(outcome.message for outcome in outcomes if outcome.message)
        if len(self._told) > _REMEMBERED_WORDS:
            self._told = Counter({words: times for words, times in self._told.items() if times > 1})

    def _message(self, outcome: Outcome, prompt: str | None) -> str:
        words = token(outcome.code) or token(outcome.finish_reason) or outcome.error_class or "no message"
        # Without a code, the words are all that tells why.
        if outcome.message and (prompt is not None or outcome.code is None or self._told[outcome.message] > 1):
            words = told(outcome, key=self.api_key, prompt=prompt or "", model_name=self.job.model_name)
        return words if outcome.status in (None, 200) else f"answered {outcome.status} ({words})"


def _is_known(outcome: Outcome, asked: Asked) -> bool:
    """Whether what becomes of a result does not depend on the others of its job."""
    trouble = trouble_of(outcome)
    if trouble is Trouble.EMPTY:
        # Asked once more before that is final, as by the other engines.
        return asked.attempt == 0
    return trouble is None or outcome.kind not in (Kind.FATAL, Kind.FAILED) or CELLS[trouble].alone is Verdict.FINAL

"""What a schedule must have come to, by what the server has answered, and when; and what is wrong with it.

Only the server's own log counts, the moments of the signals, and what stands in the tables in the end.
"""

from __future__ import annotations

import json
import signal
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.chaos.schedule import Schedule, completion, prompt_of

Kind = Literal["lost", "paid", "filler", "count", "limit"]
"""A row without its answer; a call that was paid outside rule 4; a value that is not that prompt's answer; a count that
is not what the tables say; more asked than a limit or budget allows."""

KEPT_WITHIN_S = 0.2
"""How old an answer may be that a kill takes with it: rule 4."""
_SHORTLY_S = 1.0
GRACE_S = 2.0
"""How long a run that is asked to end waits for what is in flight."""


@dataclass(frozen=True)
class Call:
    """A line of the server's log. Times: seconds of `time.monotonic`."""

    prompt_sha256: str
    status: int
    fault: str | None
    arrived_s: float
    ended_s: float

    @property
    def is_paid(self) -> bool:
        """Whether a completion was sent, a good one or not."""
        return self.status == 200 and self.fault != "malformed_body"


@dataclass(frozen=True)
class Kill:
    """A signal that was sent. `gone_s`: when the process had ended.

    `stalled_s`: for how long this machine let nobody run, about that time.
    """

    at_s: float
    signal: int
    stalled_s: float = 0.0
    gone_s: float = 0.0

    def excuses(self, call: Call) -> bool:
        """Whether the answer to this call may be lost by it."""
        is_asked = self.signal == signal.SIGINT
        first_s = self.at_s + GRACE_S if is_asked else self.at_s - KEPT_WITHIN_S
        # What was on its way may come to a busy server when who has sent it is gone.
        return call.arrived_s <= self.gone_s + self.stalled_s and call.ended_s >= first_s - self.stalled_s


@dataclass
class RunSeen:
    """A run. `counted`: what each of its tasks says that it did, where it came to an end: the columns of dbt_llm__runs.

    `limit`: of each task's requests.
    """

    began_s: float
    ended_s: float
    limit: int | None = None
    is_disturbed: bool = False
    is_stuck: bool = False
    counted: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Seen:
    """What came of a schedule.

    `rows`: (prompt, of, filling, llm_status, llm_reason) of all tasks' tables. `responses`: (invocation_id, task, status,
    input_tokens, output_tokens). `doubled`: keys that were answered twice. `billed_in_batches`: by the prompts' digests.
    `within_budget`: responses that there were before the budget was lifted.
    """

    calls: list[Call]
    kills: list[Kill]
    runs: list[RunSeen]
    rows: list[tuple[Any, ...]]
    responses: list[tuple[Any, ...]]
    doubled: list[str] = field(default_factory=list)
    billed_in_batches: dict[str, int] = field(default_factory=dict)
    within_budget: int = 0


@dataclass(frozen=True)
class Fault:
    """Something that must not be. `is_late`: an answer that came shortly before a kill, and not quite so shortly as it may."""

    kind: Kind
    words: str
    is_late: bool = False


def judge(schedule: Schedule, seen: Seen) -> list[Fault]:
    """All faults of a schedule's outcome."""
    return [*_lost(schedule, seen), *_paid(schedule, seen), *_fillers(seen), *_counts(seen), *_limits(schedule, seen)]


def _lost(schedule: Schedule, seen: Seen) -> Iterator[Fault]:
    expected = Counter(prompt_of(body) for bodies in schedule.tasks.values() for body in bodies)
    found = Counter(row[0] for row in seen.rows)
    if expected != found:
        yield Fault("lost", f"{(expected - found).total()} rows are gone, {(found - expected).total()} are there too often")
    if any(run.is_stuck for run in seen.runs):
        yield Fault("lost", "a run did not end")
    good = {call.prompt_sha256 for call in seen.calls if call.status == 200 and call.fault is None}
    spoilt = {call.prompt_sha256 for call in seen.calls if call.is_paid and call.fault is not None}
    tried = Counter(call.prompt_sha256 for call in seen.calls)
    by_prompt = {prompt: digest for digest, prompt in schedule.prompts.items()}
    for prompt, _, _, status, reason in seen.rows:
        if status == "succeeded" or prompt not in by_prompt:
            continue
        digest = by_prompt[prompt]
        # A failure is an outcome too: of a completion that was spoilt, or of as many tries as a task may have.
        is_due = digest in spoilt or (digest not in good and tried[digest] >= 3) or schedule.road == "batch"
        if status != "quarantined" or not reason or not is_due:
            yield Fault("lost", f"'{prompt}' is {status} ({reason}) in the end")


def _paid(schedule: Schedule, seen: Seen) -> Iterator[Fault]:
    by_prompt: dict[str, list[Call]] = defaultdict(list)
    for call in seen.calls:
        if call.is_paid:
            by_prompt[call.prompt_sha256].append(call)
    for digest, calls in by_prompt.items():
        *earlier, _ = sorted(calls, key=lambda call: call.ended_s)
        for call in earlier:
            is_late = call.ended_s - call.arrived_s >= schedule.timeout_s * 0.9
            if not is_late and not any(kill.excuses(call) for kill in seen.kills):
                after = min(((k.at_s - call.ended_s, k.stalled_s) for k in seen.kills if k.at_s > call.ended_s), default=None)
                words, is_late = "no signal came after it", False
                if after is not None:
                    words, is_late = f"a signal came {after[0]:.3f} s later (the machine: {after[1]:.3f})", after[0] < _SHORTLY_S
                yield Fault("paid", f"'{schedule.prompts.get(digest, digest)}' was asked again after an answer; {words}", is_late)
    for digest, times in seen.billed_in_batches.items():
        if times > 1:
            yield Fault("paid", f"'{schedule.prompts.get(digest, digest)}' was answered in {times} batches")
    for key in seen.doubled:
        yield Fault("paid", f"the request {key} has two answers")
    last = seen.runs[-1]
    asked = sum(call.arrived_s >= last.began_s for call in seen.calls)
    if asked:
        yield Fault("paid", f"the run after the last made {asked} calls")


def _fillers(seen: Seen) -> Iterator[Fault]:
    for prompt, of, filling, status, _ in seen.rows:
        if status == "succeeded":
            right = json.loads(completion(prompt))
            if (of, filling) != (right["of"], right["filling"]):
                yield Fault("filler", f"'{prompt}' has an answer that is not its own")
        elif (of, filling) != (None, None):
            yield Fault("filler", f"'{prompt}' is {status}, and holds a value")


def _counts(seen: Seen) -> Iterator[Fault]:
    there: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for invocation_id, task, status, input_tokens, output_tokens in seen.responses:
        of_run = there[invocation_id, task]
        of_run[f"{status}_requests"] += 1
        of_run["input_tokens"] += input_tokens or 0
        of_run["output_tokens"] += output_tokens or 0
    for number, run in enumerate(seen.runs, 1):
        for counted in run.counted:
            of_run = there[counted["invocation_id"], counted["task"]]
            for name in ("succeeded_requests", "failed_requests", "input_tokens", "output_tokens"):
                if (counted[name] or 0) != of_run[name]:
                    yield Fault("count", f"run {number} of {counted['task']} says {counted[name]} {name}, not {of_run[name]}")
        if not run.is_disturbed and run.counted:
            calls = sum(run.began_s <= call.arrived_s <= run.ended_s for call in seen.calls)
            said = sum(counted["calls"] for counted in run.counted)
            if calls != said and not seen.billed_in_batches:
                yield Fault("count", f"run {number} says {said} calls, not {calls}")


def _limits(schedule: Schedule, seen: Seen) -> Iterator[Fault]:
    for number, run in enumerate(seen.runs, 1):
        if run.limit is not None:
            asked = {call.prompt_sha256 for call in seen.calls if run.began_s <= call.arrived_s <= run.ended_s}
            most = run.limit * len(schedule.tasks)
            if len(asked) > most:
                yield Fault("limit", f"run {number} asked {len(asked)} requests, and might ask {most}")
    if schedule.budget is not None and seen.within_budget > schedule.budget:
        yield Fault("limit", f"{seen.within_budget} requests were kept, and the budget is {schedule.budget}")

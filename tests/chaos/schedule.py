"""A schedule of crashes and faults as data: a seed says all of it."""

from __future__ import annotations

import hashlib
import json
import random
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

Road = Literal["drain", "async", "batch", "dbt"]

TEMPLATE = "Of? {body}"
RESPONSE_FORMAT = {"of": {"type": "string"}, "filling": {"type": "string"}}
_WEIGHTS = {"drain": 45, "async": 15, "batch": 25, "dbt": 15}
_WORK_S = 1.5
"""How long the calls of a task take at least, at most."""
_SLOWEST_S = 1.5
"""A client that waits for a second gives a call up that takes so long."""


def prompt_of(body: str) -> str:
    """A row's prompt."""
    return TEMPLATE.replace("{body}", body)


def completion(prompt: str) -> str:
    """The one right answer to a prompt, which says how long it is: nothing else may ever stand in its row."""
    size = int(prompt.rpartition("/")[2])
    return json.dumps({"of": digest(prompt), "filling": "x" * size})


def digest(prompt: str) -> str:
    """What a server's log knows a prompt by."""
    return hashlib.sha256(prompt.encode()).hexdigest()


@dataclass(frozen=True)
class Kill:
    """`signal` comes once so many calls of the run have ended, and `then_s` have passed; `again_s` later, SIGKILL."""

    signal: int
    after_calls: int
    then_s: float
    again_s: float | None = None


@dataclass(frozen=True)
class RunPlan:
    """One run. `limit`: the most requests of each task. `clock_s`: by how much its clock is wrong.

    `loses_writes`: some writes happen, and fail all the same.
    """

    faults: Mapping[str, Any] = field(default_factory=dict)
    batch_faults: Mapping[str, Any] = field(default_factory=dict)
    kill: Kill | None = None
    limit: int | None = None
    clock_s: float = 0.0
    loses_writes: bool = False


@dataclass(frozen=True)
class Schedule:
    """Runs of one or two tasks, each over its messages; behind them come one without any fault, and one that must not ask.

    `budget`: the most requests of a day, of all tasks and runs but the last two.
    """

    seed: int
    road: Road
    tasks: Mapping[str, tuple[str, ...]]
    runs: tuple[RunPlan, ...]
    max_in_flight: int = 16
    latency_s: float = 0.01
    timeout_s: float = 30.0
    batch_requests: int = 50
    budget: int | None = None
    mutation: str | None = None
    """How the engine is broken on purpose: a name of `mutations.py`."""

    @cached_property
    def prompts(self) -> dict[str, str]:
        """The distinct prompts of all tasks, by their digests."""
        prompts = [prompt_of(body) for bodies in self.tasks.values() for body in bodies]
        return {digest(prompt): prompt for prompt in prompts}


def schedule(seed: int, road: Road | None = None) -> Schedule:
    """The schedule of a seed; `road`: in place of the one that the seed chooses."""
    # Seeded by a text, whose hash is no process's own.
    draw = random.Random(f"chaos {seed}")
    chosen: Road = draw.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]  # type: ignore[assignment]
    chosen = road or chosen
    in_flight, latency_s = draw.choice([1, 4, 16, 16, 64]), draw.choice([0.0, 0.005, 0.02, 0.1])
    most = {"drain": 250, "async": 200, "batch": 25, "dbt": 120}[chosen]
    most = min(most, int(in_flight * _WORK_S / max(latency_s, 0.001)))
    bodies = _bodies(draw, seed, most)
    tasks = {"pii_risk": bodies}
    if chosen in ("drain", "dbt") and draw.random() < 0.4:
        # On dbt both have one input. Else some of the requests are one task's only.
        tasks["second"] = bodies if chosen == "dbt" else bodies[len(bodies) // 3 :] + _bodies(draw, seed + 1_000_000, most)
    budget = draw.randint(1, len(bodies)) if chosen == "dbt" and draw.random() < 0.25 else None
    is_impatient = draw.random() < 0.15
    count = draw.randint(1, 2 if chosen == "dbt" else 3)
    runs = tuple(_run(draw, chosen, len(bodies), is_impatient=is_impatient, has_budget=budget is not None) for _ in range(count))
    return Schedule(
        seed=seed,
        road=chosen,
        tasks=tasks,
        runs=runs,
        max_in_flight=in_flight,
        latency_s=latency_s,
        timeout_s=1.0 if is_impatient else 30.0,
        batch_requests=draw.choice([3, 7, 50]),
        budget=budget,
    )


def _bodies(draw: random.Random, seed: int, most: int) -> tuple[str, ...]:
    count = draw.randint(1, draw.choice([10, most, most]))
    longest = draw.choice([10, 300, 3_000, 3_000, 200_000])
    if longest == 200_000:
        count = min(count, 60)
    made = [f"{seed}/{number}/{int(10 * (longest / 10) ** draw.random())}" for number in range(count)]
    return (*made, *draw.choices(made, k=draw.choice([0, count // 4])))


def _run(draw: random.Random, road: Road, rows: int, *, is_impatient: bool, has_budget: bool) -> RunPlan:
    kill = None
    if draw.random() < 0.8:
        name = draw.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
        after = 0 if road == "batch" or draw.random() < 0.2 else draw.randint(1, max(2 * rows // 3, 1))
        again_s = draw.uniform(0.0, 0.5) if name == signal.SIGINT and draw.random() < 0.3 else None
        kill = Kill(int(name), after, draw.uniform(0.0, 2.0 if road == "dbt" and after == 0 else 0.3), again_s)
    hours = draw.choice([0, 0, -26, -3, 3, 26]) if not has_budget else 0
    return RunPlan(
        faults=_faults(draw, is_impatient=is_impatient),
        batch_faults=_batch_faults(draw) if road == "batch" else {},
        kill=kill,
        limit=draw.randint(1, max(rows, 1)) if draw.random() < 0.3 else None,
        # A batch is looked for from an hour before its intent on, by this machine's clock.
        clock_s=min(hours, 0.75) * 3600 if road == "batch" else hours * 3600,
        # Where a kill comes too, what was not written for want of a database is lost, by nobody's promise.
        loses_writes=road == "async" and kill is None and draw.random() < 0.5,
    )


def _faults(draw: random.Random, *, is_impatient: bool) -> dict[str, Any]:
    kinds = ["throttle", "error", "drop", "malformed_body", "truncated", "malformed_json", "refusal"]
    chosen = draw.sample(kinds, draw.randint(0, 3))
    faults: dict[str, Any] = {kind: round(draw.uniform(0.01, 0.2), 3) for kind in chosen}
    if is_impatient:
        faults |= {"slow": 0.03, "slow_s": _SLOWEST_S}
    if "throttle" in faults and draw.random() < 0.5:
        faults["retry_after"] = draw.choice(["0", "0.05", "0.2"])
    return {**faults, "seed": draw.randrange(1 << 30)}


def _batch_faults(draw: random.Random) -> dict[str, Any]:
    faults: dict[str, Any] = {
        "end": draw.choice(["completed", "completed", "partial", "all_failed", "failed", "token_limit", "expired"])
    }
    faults["create"] = draw.choice([None, None, "error", "throttle", "drop", "drop_after", "error_after"])
    faults["upload"] = draw.choice([None, None, None, "error", "drop_after"])
    faults["retrieve"] = draw.choice([None, None, "error", "drop"])
    faults["results"] = draw.choice([None, None, "error", "cut"])
    faults["list_lag"] = draw.randint(0, 2)
    faults["duplicated"] = draw.choice([0, 0, 0.3])
    faults["reordered"] = draw.random() < 0.5
    faults["row_errors"] = draw.choice([{}, {}, {429: 0.2}, {500: 0.2}])
    return {**faults, "answered_share": round(draw.random(), 2), "seed": draw.randrange(1 << 30)}

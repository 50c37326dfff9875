"""Schedules of a cluster: whatever dies, is copied, is lost or runs twice, no request is asked again without its reason.

Tasks are threads that stop before each step that another may see, and go on, or die there, when the schedule says so. Each
thing that goes wrong allows some requests one call more; what the model has seen is held against the sum, request by request.
"""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from dbt_llm.client import Counts, Request, Response
from dbt_llm.responses import Labels
from dbt_llm.testing import Faults, Server, from_schema
from dbt_llm.workers.intake import Intake
from dbt_llm.workers.models import Completion
from dbt_llm.workers.options import WorkerOptions
from dbt_llm.workers.stage import Stage
from dbt_llm.workers.work import Orders, Row, work

BATCH_ROWS = 3
SLICE_ROWS = 4
PARTITIONS = 2
REQUESTS = 20
WHICH = st.integers(0, 11)
"""Of those that there are."""


class Death(BaseException):
    """The end of a process, as far as an exception can be one."""


class Task:
    """An attempt at a partition. It waits at each point for `step`; the batch that it holds is asked and not staged."""

    current = threading.local()

    def __init__(self, run: Callable[[], Any]) -> None:
        self.is_over = False
        self.in_hand: list[str] = []
        self._dies = False
        self._error: Exception | None = None
        self._go, self._stopped = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._live, args=(run,), daemon=True)
        self._thread.start()
        self._stopped.acquire()

    def _live(self, run: Callable[[], Any]) -> None:
        Task.current.task = self
        try:
            self.wait()
            run()
        except Death:
            pass
        except Exception as error:
            self._error = error
        finally:
            self.is_over = True
            self._stopped.release()

    def wait(self) -> None:
        """In the task: stop here until the schedule goes on. Raises `Death`."""
        self._stopped.release()
        self._go.acquire()
        if self._dies:
            raise Death

    def step(self, *, dies: bool = False) -> None:
        """In the schedule: let it go on to its next point, or die at this one."""
        if self.is_over:
            return
        self._dies = dies
        self._go.release()
        self._stopped.acquire()
        if self._error is not None:
            raise self._error


def point() -> None:
    """Where a task may stop; the schedule itself passes."""
    task = getattr(Task.current, "task", None)
    if task is not None:
        task.wait()


class Memory:
    """`Files` that a whole world shares."""

    def __init__(self, files: dict[str, bytes], url: str) -> None:
        self._files, self._url = files, url

    def write(self, name: str, content: bytes) -> None:
        point()
        self._files[f"{self._url}/{name}"] = content
        task = getattr(Task.current, "task", None)
        if task is not None:
            task.in_hand = []
        point()

    def read(self, name: str) -> bytes | None:
        return self._files.get(f"{self._url}/{name}")

    def names(self, folder: str = "") -> list[str]:
        point()
        below = f"{self._url}/{folder}".rstrip("/") + "/"
        return [name[len(self._url) + 1 :] for name in self._files if name.startswith(below)]

    def remove(self, name: str) -> None:
        self._files.pop(f"{self._url}/{name}", None)


class Table:
    """A sink to the responses table: by key and run, how often an answer was written."""

    def __init__(self, rows: Counter[tuple[str, str | None]], labels: Labels) -> None:
        self.changes: Sequence[Any] = ()
        self._rows, self._labels = rows, labels

    def keep(self, request: Request, response: Response) -> None:
        self._rows[request.key, self._labels.invocation_id] += 1

    async def close(self) -> None:
        """All is kept."""


class Run:
    """A run of the task: its driver, and the attempts at its partitions."""

    def __init__(self, world: World, number: int, pending: list[str]) -> None:
        options, endpoint = WorkerOptions.split_entry(
            "own", {"kind": "callable", "callable": "x:X", "model_name": "m", "stage": "s", "batch_rows": BATCH_ROWS}
        )
        self.name = f"run-{number}"
        self.labels = Labels("pii", "m", None, self.name, "spark")
        self.stage = Stage(f"home/{self.name}")
        self.orders = Orders(stage=f"home/{self.name}", options=options, endpoint=endpoint, labels=self.labels)
        self.counts = Counts()
        self.intake = Intake(self.stage, world.sink, self.counts, world.known, is_own=True)
        rows = [(place // SLICE_ROWS, Request(key, f"p{key}")) for place, key in enumerate(pending)]
        self.partitions: list[list[Row]] = [
            [row for row in rows if row[0] % PARTITIONS == partition] for partition in range(PARTITIONS)
        ]
        self.pending = pending
        self.attempts: list[list[Task]] = [[] for _ in self.partitions]
        self.is_done = [False] * PARTITIONS
        self.is_dead = False

    def staged(self) -> set[str]:
        return {key for rows in self.partitions for number in {row[0] for row in rows} for key in self.stage.keys(number)}

    def unstaged(self, partition: int) -> list[str]:
        staged = self.staged()
        return [request.key for _, request in self.partitions[partition] if request.key not in staged]


class World:
    """The stage's files, the responses table, and what the model has seen."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.rows: Counter[tuple[str, str | None]] = Counter()
        self.asked: Counter[str] = Counter()
        self.allowed: Counter[str] = Counter()
        """Calls beyond the first, by the request and for a reason."""
        self.keys = [hashlib.sha256(bytes([number])).hexdigest() for number in range(REQUESTS)]
        self.runs: list[Run] = []

    # The model of all workers.
    def answer(self, prompts: Sequence[str]) -> Sequence[str | Completion]:
        point()
        keys = [prompt[1:] for prompt in prompts]
        self.asked.update(keys)
        Task.current.task.in_hand = keys
        point()
        return ["{}" for _ in prompts]

    def sink(self, labels: Labels) -> Any:
        return Table(self.rows, labels)

    def known(self, labels: Labels, attempts: Mapping[str, int]) -> set[str]:
        return {key for key in attempts if (key, labels.invocation_id) in self.rows}

    def answered(self) -> set[str]:
        return {key for key, _ in self.rows}

    def allow(self, keys: Iterable[str]) -> None:
        self.allowed.update(keys)

    def begin(self) -> Run:
        """A run: what dead ones have staged is taken in, and then what is pending is asked, also what others ask now."""
        for run in self.runs:
            if run.is_dead:
                if any(self.live(run)):
                    # A worker that outlives its driver looks for files that are gone now.
                    self.allow(run.staged())
                intake = Intake(run.stage, self.sink, Counts(), self.known)
                intake.take()
                intake.finish()
        made = Run(self, len(self.runs), [key for key in self.keys if key not in self.answered()])
        # Another that lives asks the same; so may a worker that outlives its driver.
        if any(not run.is_dead or any(self.live(run)) for run in self.runs):
            self.allow(made.pending)
        self.runs.append(made)
        for partition in range(PARTITIONS):
            self.attempt(made, partition)
        return made

    def attempt(self, run: Run, partition: int) -> None:
        """One more attempt at a partition. Beside another, each request that is not staged may be asked by both."""
        if any(not task.is_over for task in run.attempts[partition]):
            self.allow(run.unstaged(partition))
        rows = run.partitions[partition]

        def live() -> None:
            work(run.orders, rows)
            run.is_done[partition] = True

        run.attempts[partition].append(Task(live))

    def live(self, run: Run) -> Iterator[Task]:
        return (task for attempts in run.attempts for task in attempts if not task.is_over)

    def kill(self, task: Task) -> None:
        """A death costs the batch that is in hand, and no more."""
        assert len(task.in_hand) <= BATCH_ROWS
        self.allow(task.in_hand)
        task.step(dies=True)

    def retry(self, run: Run) -> None:
        """As Spark does: a partition with no attempt that lives, and none that ended well, is tried again."""
        for partition, attempts in enumerate(run.attempts):
            if not run.is_done[partition] and all(task.is_over for task in attempts):
                self.attempt(run, partition)

    def finish(self, run: Run) -> None:
        while not all(run.is_done):
            self.retry(run)
            for task in list(self.live(run)):
                task.step()
        run.intake.take()
        run.intake.finish()
        run.stage.clear()
        run.is_dead = True


class Schedules(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.world = World()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr("dbt_llm.workers.stage.files_at", lambda url: Memory(self.world.files, url))
        self.patch.setattr("dbt_llm.workers.work.loaded", lambda _: self.world)
        self.world.begin()

    def tasks(self) -> list[tuple[Run, Task]]:
        return [(run, task) for run in self.world.runs for task in self.world.live(run)]

    def drivers(self) -> list[Run]:
        return [run for run in self.world.runs if not run.is_dead]

    def answers(self) -> list[str]:
        return [name for name in self.world.files if "/answers/" in name]

    @rule(which=WHICH, steps=st.integers(1, 15))
    def a_task_goes_on(self, which: int, steps: int) -> None:
        if tasks := self.tasks():
            for _ in range(steps):
                tasks[which % len(tasks)][1].step()
        for run in self.drivers():
            self.world.retry(run)

    @precondition(lambda self: self.tasks())
    @rule(which=WHICH, steps=st.integers(0, 8))
    def a_task_dies(self, which: int, steps: int) -> None:
        run, task = self.tasks()[which % len(self.tasks())]
        for _ in range(steps):
            task.step()
        self.world.kill(task)
        if not run.is_dead:
            self.world.retry(run)

    @precondition(lambda self: self.drivers())
    @rule(which=WHICH, partition=st.integers(0, PARTITIONS - 1))
    def speculation_or_a_second_use(self, which: int, partition: int) -> None:
        """A copy beside an attempt that lives, or all of a partition again that has ended well."""
        self.world.attempt(self.drivers()[which % len(self.drivers())], partition)

    @precondition(lambda self: self.drivers())
    @rule(which=WHICH)
    def a_driver_takes_in(self, which: int) -> None:
        self.drivers()[which % len(self.drivers())].intake.take()

    @precondition(lambda self: self.drivers())
    @rule(which=WHICH, workers_die=st.booleans())
    def a_driver_dies(self, which: int, workers_die: bool) -> None:
        """And its workers with it, or they go on unseen until somebody ends them."""
        run = self.drivers()[which % len(self.drivers())]
        run.is_dead = True
        if workers_die:
            for task in list(self.world.live(run)):
                self.world.kill(task)
        if not self.drivers():
            self.world.begin()

    @precondition(lambda self: len(self.drivers()) == 1)
    @rule()
    def a_second_run(self) -> None:
        self.world.begin()

    @precondition(lambda self: self.answers())
    @rule(which=WHICH)
    def the_stage_loses_a_file(self, which: int) -> None:
        name = self.answers()[which % len(self.answers())]
        url, _, below = name.partition("/answers/")
        _, answers = Stage(url).read(f"answers/{below}") or (None, [])
        [run] = [run for run in self.world.runs if f"home/{run.name}" == url]
        for request, _ in answers:
            # By each attempt that lives, as none sees what the others have in hand.
            beside = sum(
                not task.is_over
                for rows, attempts in zip(run.partitions, run.attempts, strict=True)
                if any(asked.key == request.key for _, asked in rows)
                for task in attempts
            )
            self.world.allow([request.key] * max(1, beside))
        del self.world.files[name]

    @invariant()
    def nothing_is_asked_without_a_reason(self) -> None:
        for key, times in self.world.asked.items():
            assert times <= 1 + self.world.allowed[key], f"{key} was asked {times} times"
        assert not [row for row, times in self.world.rows.items() if times > 1]

    def teardown(self) -> None:
        try:
            for run in self.drivers():
                self.world.finish(run)
            for _, task in self.tasks():
                self.world.kill(task)
            # What a lost file had, and what nobody was left to take in.
            while self.world.answered() != set(self.world.keys):
                self.world.finish(self.world.begin())
            self.nothing_is_asked_without_a_reason()
            # And then nothing is asked at all.
            asked = self.world.asked.total()
            self.world.finish(self.world.begin())
            assert self.world.asked.total() == asked
        finally:
            for _, task in self.tasks():
                task.step(dies=True)
            self.patch.undo()


def test_no_schedule_asks_again_without_a_reason() -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Schedules, settings=settings(max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=checks)
    )


WORKER = """
import json, sys
from dbt_llm.client import Request
from tests.unit.test_workers_schedules import over_http
from dbt_llm.workers.work import work

folder, base_url, rows = json.loads(sys.argv[1])
work(over_http(folder, base_url), [(0, Request(key, prompt)) for key, prompt in rows])
"""
IN_FLIGHT, LATENCY_S = 8, 0.1
SCHEMA = {"type": "object", "properties": {"is_odd": {"type": "boolean"}}, "required": ["is_odd"]}


def over_http(folder: str, base_url: str) -> Orders:
    entry = {"kind": "api", "model_name": "m", "stage": "s", "base_url": base_url, "max_in_flight": IN_FLIGHT}
    options, endpoint = WorkerOptions.split_entry("own", entry)
    labels = Labels("pii", "m", None, "run", "spark")
    return Orders(stage=folder, options=options, endpoint=endpoint, labels=labels, response_format=SCHEMA)


def test_a_killed_worker_of_an_api_costs_what_was_in_flight_and_a_seconds_answers(tmp_path: Path) -> None:
    rows = [(hashlib.sha256(bytes([number])).hexdigest(), f"p{number}") for number in range(256)]
    with Server(from_schema, Faults(latency_s=LATENCY_S)) as server:
        arguments = json.dumps([str(tmp_path / "run"), server.base_url, rows])
        worker = subprocess.Popen([sys.executable, "-c", WORKER, arguments], cwd=Path(__file__).parents[2])
        while server.counters.answered < 200:
            assert worker.poll() is None
            time.sleep(0.01)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        work(over_http(str(tmp_path / "run"), server.base_url), [(0, Request(key, prompt)) for key, prompt in rows])
        again = server.counters.answered - len(rows)
    # While an answer is older than two seconds and not written, nothing is asked.
    assert again <= IN_FLIGHT + 2 * IN_FLIGHT / LATENCY_S < 200
    assert Stage(str(tmp_path / "run")).keys(0) == {key for key, _ in rows}

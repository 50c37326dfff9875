"""Carry out a schedule: its runs one after the other, each in a process of its own, disturbed as it says."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import duckdb

from tests.chaos import child
from tests.chaos.oracle import Kill, RunSeen, Seen
from tests.chaos.schedule import RESPONSE_FORMAT, TEMPLATE, RunPlan, Schedule, prompt_of
from tests.chaos.server import StandIn
from tests.support import dbt_process
from tests.support.batch_task import RELATIONS, rendered
from tests.support.package_tables import create_tables
from tests.support.project import Project

_POLL_S = 0.01
_WORK_S = 0.001
"""Of the processor, at each poll: who only sleeps is woken first, and does not see that others have to wait."""
_STALL_WITHIN_S = 1.5
_SLACK_S = 0.05
"""From the server's log to the wire, and from a signal to its effect."""
_STEPS = 3
"""An answer passes from the server to the client's loop, to the thread that writes, to the disk: each may have to wait."""
_LONGEST_RUN_S = 120.0
_NAMES = ("succeeded_requests", "failed_requests", "calls", "input_tokens", "output_tokens")


def carry_out(schedule: Schedule, server: StandIn, folder: Path) -> Seen:
    """Carry out a schedule in an empty folder."""
    server.begin()
    road = _Dbt(schedule, server, folder) if schedule.road == "dbt" else _Engine(schedule, server, folder)
    kills: list[Kill] = []
    runs = []
    within_budget = 0
    for number, plan in enumerate((*schedule.runs, RunPlan(), RunPlan()), 1):
        is_last = number > len(schedule.runs)
        if number == len(schedule.runs) + 1:
            within_budget = len(road.responses())
        server.ask("_faults", {"latency_s": schedule.latency_s, **plan.faults})
        server.ask("_batch_faults", dict(plan.batch_faults))
        seen = RunSeen(began_s=time.monotonic(), ended_s=0.0, limit=plan.limit)
        process = road.start(number, plan, is_last=is_last)
        sent = [] if plan.kill is None else _disturb(process, server, plan.kill, is_group=schedule.road == "dbt")
        seen.is_disturbed = bool(sent)
        process.join(_LONGEST_RUN_S)
        if process.exitcode is None:
            seen.is_stuck = True
            process.kill()
            process.join()
        seen.ended_s = time.monotonic()
        kills += [replace(kill, gone_s=seen.ended_s) for kill in sent]
        seen.counted = road.counted(number)
        runs.append(seen)
    server.look()
    # A job that nobody looks at any more is billed too.
    server.ask("_batches/finish", {})
    stats = server.ask("_stats?prompts=1")
    return Seen(
        calls=list(server.calls),
        kills=kills,
        runs=runs,
        rows=road.rows(),
        responses=road.responses(),
        doubled=road.doubled(),
        billed_in_batches=stats["batch_answers"],
        within_budget=within_budget,
    )


def _disturb(process: BaseProcess, server: StandIn, kill: Any, *, is_group: bool) -> list[Kill]:
    """Send the signals, if the process does not end first; return them with their moments."""
    gaps: deque[tuple[float, float]] = deque()
    before = server.look()

    def passes(until: Callable[[], bool]) -> bool:
        """Wait, and note how late this machine lets run who wants to; False where the process has ended first."""
        while not until():
            began_at = time.monotonic()
            if process.exitcode is not None:
                return False
            time.sleep(_POLL_S)
            worked_s = time.thread_time()
            while time.thread_time() < worked_s + _WORK_S:
                pass
            now = time.monotonic()
            gaps.append((now, now - began_at - _POLL_S - _WORK_S))
            while gaps and gaps[0][0] < now - _STALL_WITHIN_S:
                gaps.popleft()
        return process.exitcode is None

    def sent(number: int) -> list[Kill]:
        at = time.monotonic()
        assert process.pid is not None
        # It may have ended meanwhile, or not be a group yet.
        with suppress(ProcessLookupError):
            try:
                os.killpg(process.pid, number) if is_group else os.kill(process.pid, number)
            except ProcessLookupError:
                os.kill(process.pid, number)
        return [Kill(at, number, _SLACK_S + _STEPS * max((gap for _, gap in gaps), default=0.0))]

    def after(seconds: float) -> Callable[[], bool]:
        at = time.monotonic() + seconds
        return lambda: time.monotonic() >= at

    if not passes(lambda: server.look() - before >= kill.after_calls) or not passes(after(kill.then_s)):
        return []
    kills = sent(kill.signal)
    if kill.again_s is not None and passes(after(kill.again_s)):
        kills += sent(signal.SIGKILL)
    return kills


@cache
def _sql(task: str) -> tuple[str, list[str]]:
    return rendered(child.task(task), f"messages_{task}", work=f"work_{task}")


class _Engine:
    """The roads without dbt: the package's own SQL, the real engine, DuckDB."""

    def __init__(self, schedule: Schedule, server: StandIn, folder: Path) -> None:
        self._schedule = schedule
        self._server = server
        self._folder = folder
        self._path = folder / child.DATABASE
        self._orders: dict[int, child.Order] = {}
        with duckdb.connect(str(self._path)) as connection:
            create_tables(connection, (RELATIONS.responses, RELATIONS.batches, RELATIONS.batch_requests))
            for task, bodies in schedule.tasks.items():
                # The batch task's own table has another name.
                names = ("messages",) if schedule.road == "batch" else (f"messages_{task}",)
                for name in names:
                    connection.execute(f"create table {name} (message_id bigint, body varchar)")
                    connection.execute(
                        f"insert into {name} select unnest(range($n)), unnest($bodies)",
                        {"n": len(bodies), "bodies": list(bodies)},
                    )

    def start(self, number: int, plan: RunPlan, *, is_last: bool) -> BaseProcess:
        schedule = self._schedule
        order = child.Order(
            road=schedule.road,
            number=number,
            folder=str(self._folder),
            base_url=self._server.base_url,
            pending={task: _sql(task)[1] for task in schedule.tasks},
            max_in_flight=schedule.max_in_flight,
            # The last must not give up what a busy machine is late with.
            timeout_s=60.0 if is_last else schedule.timeout_s,
            batch_requests=schedule.batch_requests,
            limit=plan.limit,
            clock_s=plan.clock_s,
            loses_writes=plan.loses_writes,
            settles=is_last,
            mutation=schedule.mutation,
        )
        self._orders[number] = order
        return dbt_process.fork(child.run, order)

    def counted(self, number: int) -> list[dict[str, Any]]:
        file = self._orders[number].outcome
        return json.loads(file.read_text()) if file.exists() else []

    def rows(self) -> list[tuple[Any, ...]]:
        found = []
        for task in self._schedule.tasks:
            query = rendered_query(task, is_batch=self._schedule.road == "batch")
            rows = self._query(f'select body, "of", filling, llm_status, llm_reason from ({query})')
            found += [(prompt_of(body), *rest) for body, *rest in rows]
        return found

    def responses(self) -> list[tuple[Any, ...]]:
        return self._query(_responses(RELATIONS.responses))

    def doubled(self) -> list[str]:
        return [key for (key,) in self._query(_doubled(RELATIONS.responses))]

    def _query(self, sql: str) -> list[tuple[Any, ...]]:
        # Written to, where a killed process has left its log.
        with duckdb.connect(str(self._path)) as connection:
            return connection.execute(sql).fetchall()


@cache
def rendered_query(task: str, *, is_batch: bool) -> str:
    """The task's own query."""
    return rendered(child.task(task))[0] if is_batch else _sql(task)[0]


class _Dbt:
    """The road of a user: `dbt run`, in a process that is forked from one that has loaded dbt."""

    def __init__(self, schedule: Schedule, server: StandIn, folder: Path) -> None:
        self._schedule = schedule
        self._project = Project(folder / "project", server.base_url, max_in_flight=schedule.max_in_flight)
        self._known = 0
        self._written: object = "nothing"
        bodies = next(iter(schedule.tasks.values()))
        self._project.messages(list(enumerate(bodies)))
        if schedule.budget is not None:
            self._project.write_project(dbt_llm_budgets={"day": {"requests": schedule.budget}})

    def start(self, number: int, plan: RunPlan, *, is_last: bool) -> BaseProcess:
        if is_last and self._schedule.budget is not None:
            self._project.write_project()
        if self._written != plan.limit:
            self._written = plan.limit
            llm = {"endpoint": "fast", "prompt": TEMPLATE, "response_format": RESPONSE_FORMAT}
            for task in self._schedule.tasks:
                self._project.task(task, llm if plan.limit is None else {**llm, "limits": {"requests": plan.limit}})
        clock = {dbt_process.CLOCK: str(plan.clock_s)} if plan.clock_s else {}
        return self._project.start("run", "--exclude", "package:dbt_llm", **clock)

    def counted(self, number: int) -> list[dict[str, Any]]:
        names = ("invocation_id", "task", *_NAMES)
        rows = self._query(f"select {', '.join(names)} from dbt_llm__runs order by started_at offset {self._known}")
        self._known += len(rows)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def rows(self) -> list[tuple[Any, ...]]:
        found = []
        for task in self._schedule.tasks:
            rows = self._query(f'select body, "of", filling, llm_status, llm_reason from {task}')
            found += [(prompt_of(body), *rest) for body, *rest in rows]
        return found

    def responses(self) -> list[tuple[Any, ...]]:
        return self._query(_responses("dbt_llm__responses"))

    def doubled(self) -> list[str]:
        return [key for (key,) in self._query(_doubled("dbt_llm__responses"))]

    def _query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self._project.database)) as connection:
            return connection.execute(sql).fetchall()


def _responses(relation: str) -> str:
    return f"select invocation_id, task, status, input_tokens, output_tokens from {relation}"


def _doubled(relation: str) -> str:
    return f"select request_key from {relation} where status = 'succeeded' group by 1 having count(*) > 1"


def clean(folder: Path) -> None:
    """Remove what a schedule has left."""
    shutil.rmtree(folder, ignore_errors=True)

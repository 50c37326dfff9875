"""Crashes between any two steps, and a provider with every fault: nothing is paid twice, nothing is lost.

That a process is killed at each step in turn is tests/money_rules/test_batch_kill.py.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from dbt_llm.engines.batch import ledger, results
from dbt_llm.engines.batch.batch_run import BatchOptions
from dbt_llm.engines.batch.provider import BatchLimits
from tests.support.batch_provider import FakeJob, FakeProvider, LostError, completion, error
from tests.support.batch_task import BatchTaskRun, opened, write_messages

MINUTE = 60.0
LAG_S = 5 * MINUTE
"""How long the provider hides a new job; less than the ten minutes after which absence counts."""


class Crash(BaseException):
    """The end of a process, as far as an exception can be one."""


class World:
    """A task, its provider, and what each request has cost."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.clock = 1.7e9
        self.crash_in: int | None = None
        self.provider = FakeProvider(self.folder, BatchLimits(requests=3, bytes_=1 << 20), lambda: self.clock, self.step)
        self.bodies = [f"message {number}" for number in range(7)]
        self.connection = opened(bodies=self.bodies)
        self.task = BatchTaskRun(self.connection, self.provider, self.step, options=BatchOptions())
        self.billed: Counter[str] = Counter()
        self.forgiven: Counter[str] = Counter()
        """Answers that the provider has billed and lost: the only ones that may be paid again."""

    def step(self) -> None:
        if self.crash_in is not None:
            self.crash_in -= 1
            if self.crash_in <= 0:
                self.crash_in = None
                raise Crash

    def run(self, crash_in: int | None) -> None:
        self.clock += 1
        self.crash_in = crash_in
        try:
            self.task.run()
        except Crash:
            pass
        finally:
            self.crash_in = None

    def end(self, job: FakeJob, how: str, random: Any) -> None:
        """End a job in one of the ways in which jobs end."""
        requests = self.provider.requests(job)
        lines = self.provider.answers(job)
        half = len(lines) // 2
        state, options = "completed", {}
        if how in ("expired", "cancelled"):
            lines[half:] = [{"custom_id": line["custom_id"], "ended": how} for line in lines[half:]]
            state = how
        elif how == "expired_without_lines":
            lines, state = lines[:half], "expired"
        elif how == "failed":
            lines, state, options = [], "failed", {"message": "token_limit_exceeded", "is_throttled": True}
        elif how == "invalid":
            lines, state, options = [], "failed", {"message": "invalid_json_line in line 1"}
        elif how == "errors":
            for line in lines[half:]:
                line.update(status=random.choice([429, 500]), body=error("busy"))
        elif how == "no_output":
            for line in lines:
                line.update(status=500, body=error("busy"))
        elif how == "duplicates":
            lines += [dict(line) for line in lines]
        elif how == "refused":
            lines[0]["body"] = completion("", refusal="no")
        by_id = dict(requests)
        for line in {line["custom_id"]: line for line in lines if line.get("status") == 200}.values():
            self.billed[by_id[line["custom_id"]]] += 1
        counted = sum(line.get("status") == 200 for line in lines) if how != "duplicates" else len(requests)
        if how in ("missing", "malformed"):
            lost = lines[-1]
            self.forgiven[by_id[lost["custom_id"]]] += 1
            lines = lines[:-1]
            if how == "malformed":
                lines.append({"custom_id": "", "ended": "error", "message": "not JSON"})
        random.shuffle(lines)
        self.provider.end(job, state, lines, counted=counted, **options)

    def check(self) -> None:
        for prompt, times in self.billed.items():
            assert times <= 1 + self.forgiven[prompt], f"{prompt} was paid {times} times"
        doubled = self.connection.execute(
            "select request_key, batch_id, count(*) from dbt_llm__responses group by all having count(*) > 1"
        ).fetchall()
        assert not doubled
        again = self.connection.execute(
            "select request_key from dbt_llm__responses where status = 'succeeded' group by all having count(*) > 1"
        ).fetchall()
        assert not again
        in_two = self.connection.execute(
            "select request_key from dbt_llm__batch_requests join ("
            "  select batch_key from dbt_llm__batches group by batch_key having arg_max(is_open, sequence))"
            " using (batch_key) group by request_key having count(distinct batch_key) > 1"
        ).fetchall()
        assert not in_two

    def check_reasons(self) -> None:
        """A row is pending with its job's state exactly where it waits for a job."""
        waiting = dict(
            self.connection.execute(
                "select request_key, 'batch:' || state from dbt_llm__batch_requests join ("
                "  select batch_key, arg_max(state, sequence) as state from dbt_llm__batches"
                "  group by batch_key having arg_max(is_open, sequence)) using (batch_key)"
            ).fetchall()
        )
        answered = {key for (key,) in self.task.responses("case when status = 'succeeded' then request_key end")}
        rows = self.connection.execute(f"select llm_request_key, llm_status, llm_reason from ({self.task.query})").fetchall()
        for key, status, reason in rows:
            if status == "pending" and key in waiting:
                assert reason == waiting[key]
            else:
                assert not (reason or "").startswith("batch:")
            assert (status == "succeeded") == (key in answered and reason is None)

    def heal(self) -> None:
        """With no further fault everything is answered or final in the end."""
        faults = self.provider.faults
        for calls in (faults.upload, faults.create, faults.status, faults.find, faults.results):
            calls.clear()
        faults.hidden_s = 0
        for _ in range(12):
            self.clock += 11 * MINUTE
            self.run(None)
            for job in self.provider.running():
                self.end(job, "completed", _Ordered())
            if all(status in ("succeeded", "quarantined") for *_, status, _ in self.task.rows()):
                break
        self.check()
        left = [row for row in self.task.rows() if row[2] not in ("succeeded", "quarantined")]
        assert not left
        for job in self.connection.execute("select arg_max(state, sequence) from dbt_llm__batches group by batch_key").fetchall():
            assert job[0] in ledger.CLOSED

    def close(self) -> None:
        self.connection.close()
        shutil.rmtree(self.folder)


class _Ordered:
    @staticmethod
    def shuffle(lines: list[Any]) -> None:
        """As they are."""


class Jobs(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    @initialize(crash_in=st.integers(1, 40), lags=st.booleans(), fault=st.sampled_from([None, "lost", "timeout"]))
    def first_run(self, crash_in: int, lags: bool, fault: str | None) -> None:
        self.world.provider.faults.hidden_s = LAG_S if lags else 0
        self.world.provider.faults.create = [fault]
        self.world.run(crash_in)

    @rule()
    def runs(self) -> None:
        self.world.run(None)

    @rule(crash_in=st.integers(1, 40))
    def crashes(self, crash_in: int) -> None:
        self.world.run(crash_in)

    @rule(
        how=st.sampled_from(
            [
                *("completed", "expired", "expired_without_lines", "cancelled", "failed", "invalid", "errors", "no_output"),
                *("duplicates", "missing", "malformed", "refused"),
            ]
        ),
        random=st.randoms(use_true_random=False),
        nth=st.integers(0, 2),
    )
    def ends(self, how: str, random: Any, nth: int) -> None:
        running = self.world.provider.running()
        if running:
            self.world.end(running[nth % len(running)], how, random)

    @rule(fault=st.sampled_from(["lost", "timeout", "refused", "throttled"]), after=st.integers(0, 1))
    def create_fails_next(self, fault: str, after: int) -> None:
        self.world.provider.faults.create = [None] * after + [fault]

    @rule(fault=st.sampled_from(["lost", "refused"]))
    def upload_fails_next(self, fault: str) -> None:
        self.world.provider.faults.upload = [fault]

    @rule(fault=st.sampled_from(["lost", "absent"]), times=st.integers(1, 3))
    def status_fails_next(self, fault: str, times: int) -> None:
        self.world.provider.faults.status = [fault] * times

    @rule(fault=st.sampled_from(["lost", "unsure"]), times=st.integers(1, 3))
    def find_fails_next(self, fault: str, times: int) -> None:
        self.world.provider.faults.find = [fault] * times

    @rule(after=st.integers(0, 2))
    def results_are_lost_next(self, after: int) -> None:
        self.world.provider.faults.results = [after]

    @rule()
    def list_lags(self) -> None:
        self.world.provider.faults.hidden_s = LAG_S

    @rule(minutes=st.sampled_from([1, 6, 11, 60]))
    def time_passes(self, minutes: int) -> None:
        self.world.clock += minutes * MINUTE

    @rule()
    def rows_are_added(self) -> None:
        world = self.world
        if len(world.bodies) < 12:
            world.bodies.append(f"message {len(world.bodies)}")
            write_messages(world.connection, world.bodies)

    @invariant()
    def nothing_is_paid_twice(self) -> None:
        self.world.check()

    @invariant()
    def reasons_are_right(self) -> None:
        self.world.check_reasons()

    def teardown(self) -> None:
        try:
            self.world.heal()
        finally:
            self.world.close()


@contextmanager
def small_commits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr(results, "COMMIT_ROWS", 2)
        patched.setattr(ledger, "_ROWS", 2)
        yield


@pytest.mark.long
def test_whatever_crashes_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    with small_commits(monkeypatch):
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            Jobs,
            settings=settings(
                max_examples=20,
                stateful_step_count=15,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
            ),
        )


def test_a_crash_is_not_an_error_of_the_provider() -> None:
    """What the state machine stands on."""
    assert not issubclass(Crash, Exception)
    assert issubclass(LostError, Exception)

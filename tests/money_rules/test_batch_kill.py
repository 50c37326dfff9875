"""`kill -9` between every two steps of a batch task's run: the next runs submit nothing twice and lose nothing."""

from __future__ import annotations

import shutil
import signal
import sys
from argparse import Namespace
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from dbt_llm.engines.batch.provider import BatchLimits
from tests.support.batch_kill import BODIES, NOW, start
from tests.support.batch_provider import FakeProvider
from tests.support.batch_task import BatchTaskRun, opened

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")


@pytest.fixture(autouse=True)
def _outside_dbt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dbt.flags.GLOBAL_FLAGS", Namespace())


class Place:
    """A warehouse's file and a provider's folder, as runs before have left them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = NOW
        (folder / "provider").mkdir(parents=True, exist_ok=True)
        self.provider = FakeProvider(folder / "provider", BatchLimits(requests=3, bytes_=1 << 20), lambda: self.clock)

    def killed_at(self, step: int) -> bool:
        """Run until that step; False where the run ended before."""
        process = start(self.folder, step)
        process.join(60)
        assert process.exitcode in (0, -signal.SIGKILL)
        return process.exitcode != 0

    def end_jobs(self) -> None:
        for job in self.provider.running():
            self.provider.end(job)

    def set_right(self) -> None:
        """Run until nothing is pending, in this process; then look at what was paid and kept."""
        with duckdb.connect(str(self.folder / "warehouse.duckdb")) as connection:
            task = BatchTaskRun(connection, self.provider)
            # Runs that follow at once find new jobs neither listed nor known.
            self.provider.faults.hidden_s = 5 * 60
            for _ in range(2):
                self.clock += 1
                task.run()
            for _ in range(6):
                self.clock += 11 * 60
                task.run()
                self.end_jobs()
                if task.statuses() == {("succeeded", None): len(BODIES)}:
                    break
            assert task.statuses() == {("succeeded", None): len(BODIES)}
            assert task.responses("count(*), count(distinct request_key)") == [(len(BODIES), len(BODIES))]
        submitted = Counter(prompt for job in self.provider.jobs() for _, prompt in self.provider.requests(job))
        assert sorted(submitted.values()) == [1] * len(BODIES)


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A warehouse before the first run."""
    folder = tmp_path / "empty"
    folder.mkdir()
    opened(str(folder / "warehouse.duckdb"), BODIES).close()
    return folder


@pytest.fixture
def submitted(tmp_path: Path, empty: Path) -> Path:
    """A warehouse whose jobs have ended, before they are collected."""
    folder = tmp_path / "submitted"
    shutil.copytree(empty, folder)
    place = Place(folder)
    assert not place.killed_at(10_000)
    place.end_jobs()
    return folder


@pytest.mark.parametrize("before", [pytest.param("empty", marks=pytest.mark.long), "submitted"])
def test_killed_at_each_step(before: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    origin = request.getfixturevalue(before)
    step, was_killed = 0, True
    while was_killed:
        step += 1
        folder = tmp_path / f"{before}-{step}"
        shutil.copytree(origin, folder)
        place = Place(folder)
        was_killed = place.killed_at(step)
        place.set_right()
        shutil.rmtree(folder)
    # Two jobs, with two appends, an upload, a create and two appends each, or with their results and five appends.
    assert step > 20

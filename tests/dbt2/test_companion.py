"""The companion beside dbt 2: what comes of it when either of them ends, what lies where, and that it is dbt to all others."""

import json
import os
import pty
import re
import signal
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dbt_llm.testing import ChatRequest, Faults, Server, from_schema
from tests.money_rules.test_hostile_texts import HOSTILE
from tests.money_rules.test_kill import IN_FLIGHT, LATENCY_S, UNCOMMITTED
from tests.support import dbt2
from tests.support.project import PII, Project

pytestmark = [dbt2.needed, pytest.mark.usefixtures("on_dbt2")]

ROWS = 800


def journal(project: Project) -> Path:
    return Path(f"{project.database}.dbt_llm")


def started(project: Project, server: Server, answered: int) -> Any:
    """`dbt run`, once the server has given that many answers."""
    process = project.start("run", "--select", "pii_risk")
    until(lambda: server.counters.answered >= answered or process.exitcode is not None)
    assert process.exitcode is None, project.output.read_text()
    return process


def until(condition: Callable[[], bool], patience_s: float = 30) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def sized(tmp_path: Path, server: Server) -> Project:
    project = Project(tmp_path / "project", server.base_url, max_in_flight=IN_FLIGHT)
    project.messages([(i, f"message {i}") for i in range(ROWS)])
    return project


@pytest.mark.parametrize("side", ["dbt", "companion", "both"])
def test_a_kill_of_either_side_wastes_what_was_in_flight_and_no_more(side: str, tmp_path: Path, home: Path) -> None:
    with Server(from_schema, Faults(latency_s=LATENCY_S)) as server:
        project = sized(tmp_path, server)
        process = started(project, server, 200)
        dbt = process.dbt()
        if side == "both":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            os.kill(dbt if side == "dbt" else process.pid, signal.SIGKILL)
        process.join(10)
        # A shell sees what it would see of dbt.
        assert process.exitcode == -signal.SIGKILL
        # Linux ends dbt with its companion.
        until(lambda: not Path(f"/proc/{dbt}").exists(), 10)
        alone = dbt2.start(project, home, "run", "--select", "pii_risk", program=dbt2.DBT)
        alone.join(60)
        # With the answers that wait, or, where the last were just taken in, with the requests that are pending.
        assert alone.exitcode == 1 and "got dbt alone. Run `dbt-llm dbt run`" in " ".join(project.output.read_text().split())
        project.run_tasks()
        wasted = server.counters.calls - ROWS
        assert wasted <= IN_FLIGHT + UNCOMMITTED, f"{wasted} calls were paid twice"
        assert project.statuses() == {("succeeded", None): ROWS}
        assert project.query("select count(*), count(distinct request_key) from dbt_llm__responses") == [(ROWS, ROWS)]
        assert [str(path) for path in journal(project).glob("**/*")] == [] and not journal(project).exists()


def test_files_are_their_owners_only_and_gone_after_the_run(tmp_path: Path) -> None:
    with Server(from_schema, Faults(latency_s=LATENCY_S)) as server:
        project = sized(tmp_path, server)
        process = started(project, server, 100)
        [session] = [path for path in journal(project).iterdir() if path.is_dir()]
        [calls] = [Path(entry) for entry in environment_of(process.dbt(), "DBT_LLM_COMPANION")]
        for folder in (journal(project), session, calls):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
        seen = 0
        while process.exitcode is None:
            # What holds prompts has no name any more: nothing of it is left after a kill.
            paths = paths_in(session)
            assert not [path for path in paths if path.suffix == ".work"]
            for path in paths:
                mode = mode_of(path) if path.suffix == ".answers" else None
                seen += mode is not None
                assert mode in (None, 0o600)
        assert process.exitcode == 0 and seen
        assert not journal(project).exists() and not calls.exists()


def environment_of(pid: int, name: str) -> list[str]:
    entries = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return [entry.partition("=")[2] for entry in entries if entry.startswith(f"{name}=")]


# The folder and its files go while we look at them.
def paths_in(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []


def mode_of(path: Path) -> int | None:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_both_and_keeps_the_answers(number: signal.Signals, tmp_path: Path) -> None:
    with Server(from_schema, Faults(latency_s=LATENCY_S)) as server:
        project = sized(tmp_path, server)
        process = started(project, server, 200)
        os.kill(process.pid, number)
        process.join(10)
        assert process.exitcode not in (None, 0)
        calls = server.counters.calls
        assert calls < ROWS
        project.run_tasks()
        assert server.counters.calls - ROWS <= IN_FLIGHT
        assert project.statuses() == {("succeeded", None): ROWS}


def test_texts_go_and_come_back_exactly(tmp_path: Path) -> None:
    bodies = [*HOSTILE, "nul \0 in it", "a,b\r\n\"c\",'d'\r", "x" * 3_000_000]

    def echo(request: ChatRequest) -> str:
        return json.dumps({"copy": request.prompt}, ensure_ascii=False)

    with Server(echo) as server:
        project = Project(tmp_path / "project", server.base_url)
        project.messages(list(enumerate(bodies)))
        llm = {"endpoint": "fast", "prompt": "{body?}", "response_format": {"copy": {"type": "string"}}, "store_prompts": True}
        project.task("pii_risk", llm)
        project.run_tasks()
        assert set(server.counters.prompts) == {body for body in bodies if body} | {""}
        assert project.query("select body, copy, llm_status from pii_risk order by message_id") == [
            (body, body, "succeeded") for body in bodies
        ]
        assert {body for (body,) in project.query("select prompt from dbt_llm__responses")} == set(bodies)


def test_it_is_dbt_to_a_shell_and_to_a_terminal(project: Project, home: Path) -> None:
    """The same arguments, output and exit status; a terminal stays one."""
    for arguments in (
        ["--version"],
        ["ls", "--resource-type", "model"],
        ["no-such-command"],
        ["run", "--select", "pii_risk", "--help"],
    ):
        alone = dbt2.start(project, home, *arguments, program=dbt2.DBT)
        alone.join(30)
        expected = (alone.exitcode, without_times(project.output.read_text()))
        assert (project.dbt(*arguments).code, without_times(project.output.read_text())) == expected
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [dbt2.COMPANION, "dbt", "-c", "import os; print(os.isatty(0), os.isatty(1), os.isatty(2))"],
        env={**project.environment, "DBT_LLM_DBT": os.sys.executable},  # type: ignore[attr-defined]
        stdin=theirs, stdout=theirs, stderr=theirs,
    )  # fmt: skip
    assert process.wait(30) == 0
    assert os.read(ours, 1000).decode().split() == ["True", "True", "True"]


def without_times(text: str) -> str:
    return re.sub(r"\[ *[0-9.]+m?s\]", "[]", text)


def test_without_it_a_task_fails_before_it_pays(project: Project, server: Server, home: Path) -> None:
    alone = dbt2.start(project, home, "run", "--select", "pii_risk", program=dbt2.DBT)
    alone.join(60)
    assert alone.exitcode == 1
    assert "got dbt alone. Run `dbt-llm dbt run`" in " ".join(project.output.read_text().split())
    assert server.counters.calls == 0
    project.run_tasks()
    # Where nothing is pending, nobody need be there who answers.
    again = dbt2.start(project, home, "run", "--select", "pii_risk", program=dbt2.DBT)
    again.join(60)
    assert again.exitcode == 0, project.output.read_text()


def test_a_text_that_the_session_decides_is_refused(tmp_path: Path, server: Server) -> None:
    """dbt 2 leaves the profile's time zone alone, so that it is the machine's."""
    project = Project(tmp_path / "project", server.base_url)
    project.messages([(1, "2026-07-01 00:00:00+00")], columns="message_id bigint, sent_at timestamptz")
    project.task("pii_risk", {**PII, "prompt": "Late? {sent_at}"})
    refused = project.dbt("run", "--select", "pii_risk", TZ="America/New_York")
    assert refused.code == 1 and "{sent_at} is TIMESTAMP WITH TIME ZONE, whose text is the session's matter" in refused.output
    assert server.counters.calls == 0
    project.run_tasks(TZ="UTC")
    assert server.counters.calls == 1


def test_the_doctor_asks_it_whether_the_endpoint_can_be_reached(project: Project, server: Server) -> None:
    well = project.dbt("run-operation", "dbt_llm.doctor")
    assert well.ok and f"the embedded engine is there, and {server.base_url} can be reached" in well.output, well.output
    ill = project.dbt("run-operation", "dbt_llm.doctor", DBT_LLM_TEST_URL="http://127.0.0.1:9/v1")
    assert not ill.ok and "cannot be reached" in ill.output
    assert server.counters.calls == 0


def test_a_key_may_stand_in_the_file_that_dbt_reads_too(tmp_path: Path) -> None:
    with Server(from_schema, api_key="sk-of-the-file") as server:
        project = Project(tmp_path / "project", server.base_url)
        project.messages([(1, "message")])
        del project.environment["DBT_LLM_TEST_KEY"]
        (project.folder / ".env").write_text("DBT_LLM_TEST_KEY='sk-of-the-file'  # a comment\n")
        project.run_tasks()
        assert project.statuses() == {("succeeded", None): 1}

"""The example, run as its README says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.examples.tree import copied
from tests.support import dbt2


@pytest.mark.parametrize("version", ["1", pytest.param("2", marks=dbt2.needed)])
def test_the_demo_runs(version: str, tmp_path: Path) -> None:
    """`make demo` without an account: it ends well, and its summary shows each thing that it promises."""
    environment = {
        key: value for key, value in os.environ.items() if key not in ("OPENAI_API_KEY", "DBT_LLM_BASE_URL", "DBT_LLM_MODEL")
    }
    if version == "2":
        home = dbt2.make_home(tmp_path / "home")
        environment.update(DBT="2", DBT_LLM_DBT=str(dbt2.DBT), ADBC_DRIVER_PATH=str(home / ".config" / "adbc" / "drivers"))
    copy = copied(tmp_path / "dbt_llm")
    # As the demo on dbt 1 leaves it, if it ran before: with a DuckDB that may be newer than dbt 2's.
    if version == "2":
        duckdb.connect(str(copy / "examples" / "support_messages" / "support_messages.duckdb")).close()
    shown = subprocess.run(
        [sys.executable, "examples/support_messages/demo.py"],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stdout + shown.stderr
    # Beside dbt 2, progress goes to the standard error.
    assert "requests answered" in (shown.stderr if version == "2" else shown.stdout)
    for words in (
        "RULES",
        "NOT a language model",
        "dbt_llm.plan: pii_risk over",
        "Recommended:",
        "== What was paid ==",
        "== The bill of the day ==",
        "second run",
        "quarantined",
        "Where to look",
        "report.html",
    ):
        assert words in shown.stdout, f"{words!r} is not in:\n{shown.stdout}"
    assert (copy / "examples" / "support_messages" / "report.html").stat().st_size > 1_000_000
    second = shown.stdout.split("second run")[1].splitlines()[:4]
    assert all(re.search(r"\b(794\s+794|200\s+200)\s+0\s+0\s+0\s+0\.0000", line) for line in second), second
    # The golden rows are rows of the tasks, so they cost nothing in the first run either.
    first = shown.stdout.split("first run")[1].splitlines()
    assert all(re.search(r"_golden\s+200\s+200\s+200\s+0\s+0\s+0", first[line]) for line in (1, 3)), first

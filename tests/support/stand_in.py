"""Start and stop a warehouse's stand-in: a process of its own, in an environment of its own."""

import json
import select
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
READY_WITHIN_S = 600


class StandIn:
    """`integration_tests/stand_ins/<adapter>`, answered by an OpenAI-compatible endpoint. Use it as a context manager."""

    def __init__(self, adapter: str, llm_url: str, log: Path) -> None:
        """`log`: where it writes what it has to say."""
        self.python = ROOT / ".envs" / adapter / "bin" / "python"
        if not self.python.exists():
            pytest.skip(f"The stand-in for {adapter} is not installed here; `make stand-ins` does it.")
        if adapter == "databricks" and shutil.which("javac") is None:
            pytest.skip("The stand-in for databricks needs Java. Run: make system, as root, on Debian or Ubuntu")
        self.command = [str(self.python), "-m", f"integration_tests.stand_ins.{adapter}", "--llm-url", llm_url]
        self.log = log

    def __enter__(self) -> dict[str, Any]:
        """Returns the dbt target."""
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], READY_WITHIN_S)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            self.process.kill()
            raise RuntimeError(f"{' '.join(self.command)} did not start:\n{self.log.read_text()[-5000:]}")
        target: dict[str, Any] = json.loads(line)
        return target

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(30)
        finally:
            self.process.kill()

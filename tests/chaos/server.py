"""The stand-in server of the harness, a process of its own: `python -m tests.chaos.server LOG`. It ends with its parent."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

from dbt_llm.testing import ChatRequest, Server
from tests.chaos.oracle import Call
from tests.chaos.schedule import completion

ROOT = Path(__file__).parents[2]


def answer(request: ChatRequest) -> str:
    """The right answer."""
    return completion(request.prompt)


class StandIn:
    """Starts that process, steers it, and reads its log. Use it as a context manager."""

    def __init__(self, log: Path) -> None:
        self._path = log
        self._read = 0
        self._rest = b""
        self.calls: list[Call] = []
        """Those that have ended since `begin`, as far as `look` has read of them."""

    def __enter__(self) -> StandIn:
        self._path.touch()
        command = [sys.executable, "-m", "tests.chaos.server", str(self._path)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        said = json.loads(self._process.stdout.readline())
        self.base_url, self._url = said["base_url"], said["url"]
        self._log = self._path.open("rb")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._log.close()

    def begin(self) -> None:
        """Forget what was."""
        for path in ("_reset", "_batches/clear", "_faults", "_batch_faults"):
            self.ask(path, {})
        self.look()
        self.calls.clear()

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """A call to one of the server's own URLs."""
        content = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(f"{self._url}/{path}", content, timeout=60) as response:
            return json.loads(response.read())

    def look(self) -> int:
        """Read on in the log; return how many calls have ended."""
        whole, _, self._rest = (self._rest + self._log.read()).rpartition(b"\n")
        self.calls += [Call(**json.loads(line)) for line in whole.splitlines()]
        return len(self.calls)


def main() -> None:
    """Serve until the other end of stdin is closed."""
    with Server(answer, batch_polls=1, record=False, log=sys.argv[1]) as server:
        print(json.dumps({"base_url": server.base_url, "url": f"http://127.0.0.1:{server.port}"}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()

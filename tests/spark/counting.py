"""A model for the workers that writes down what it sees: each prompt, and each time that it is loaded."""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dbt_llm.workers.models import Completion, Settings

ROOT = Path(__file__).parents[2]
ANSWER = '{"has_pii": true, "pii_types": ["email"], "confidence": 0.5}'


class Counting:
    """Answers every prompt alike. `arguments`: `log`, a folder; `seconds`, for each batch; `kill`, `fail`: ends of prompts.

    At each of those ends it kills its process or fails its task, once, after it has seen the batch.
    """

    def load(self, settings: Settings) -> None:
        self._arguments = settings.arguments
        if "load" in self._arguments:
            raise OSError(self._arguments["load"])
        self._write("loads", [str(os.getpid())])

    def answer(self, prompts: Sequence[str]) -> Sequence[str | Completion]:
        self._write("prompts", prompts)
        time.sleep(self._arguments.get("seconds", 0))
        if self._meets("kill", prompts):
            os._exit(9)
        if self._meets("fail", prompts):
            # No `Exception`: it passes what makes failures of rows.
            raise KeyboardInterrupt
        return [Completion(ANSWER, input_tokens=len(prompt) // 4, output_tokens=10) for prompt in prompts]

    def _meets(self, what: str, prompts: Sequence[str]) -> bool:
        for number, end in enumerate(self._arguments.get(what, ())):
            if any(prompt.endswith(end) for prompt in prompts):
                try:
                    (Path(self._arguments["log"]) / f"{what}-{number}").touch(exist_ok=False)
                except FileExistsError:
                    continue
                return True
        return False

    def _write(self, name: str, lines: Sequence[str]) -> None:
        with open(Path(self._arguments["log"]) / name, "a") as file:
            file.write("".join(f"{line}\n" for line in lines))


def seen(log: Path, name: str = "prompts") -> list[str]:
    """The lines that the models have written."""
    path = log / name
    return path.read_text().splitlines() if path.exists() else []


def entry(folder: Path, arguments: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """An endpoint's entry for such a model, with its log and its stage in a folder. A change of None leaves a key out."""
    log = folder / "log"
    log.mkdir(exist_ok=True)
    made = {
        "kind": "callable",
        "callable": "tests.spark.counting:Counting",
        "model_name": "test-model",
        "stage": str(folder / "stage"),
        "master": "local[2,4]",
        "batch_rows": 4,
        "arguments": {"log": str(log), **(arguments or {})},
        "conf": {"spark.executorEnv.PYTHONPATH": str(ROOT)},
    }
    return {key: value for key, value in {**made, **changes}.items() if value is not None}

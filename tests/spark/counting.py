"""A model for the workers that writes down what it sees: each prompt, and each time that it is loaded."""

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dbt_llm.testing import hashed_ngrams
from dbt_llm.workers.models import Completion, Settings

ROOT = Path(__file__).parents[2]
VECTORS = {"kind": "embedding", "endpoint": "fast", "prompt": "{body}", "dimensions": 8}
"""A task for `Vectors`."""
ANSWER = '{"has_pii": true, "pii_types": ["email"], "confidence": 0.5}'
SLOW_S = 300
ALL_SPARK = {
    "spark.executorEnv.PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
    # A handful of rows: to compile for them takes longer than to run them as they are.
    "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.log.level": "ERROR",
}
"""Of every session here, as the first makes it for all."""


class Counting:
    """Answers every prompt alike. `arguments`: `log`, a folder; `load`, why it cannot be loaded.

    What else it does stands in the log, in `script.json`: `seconds`, for each batch; `malformed`: ends of prompts that get no
    JSON; `kill`, `fail`, `slow`: ends at which it kills its process, fails its task, or waits until somebody else asks the
    same, once, when it has seen the batch.
    """

    def load(self, settings: Settings) -> None:
        self._log = Path(settings.arguments["log"])
        if "load" in settings.arguments:
            raise OSError(settings.arguments["load"])
        self._write("loads", [str(os.getpid())])

    def answer(self, prompts: Sequence[str]) -> Sequence[str | Completion]:
        script = self._log / "script.json"
        self._script: dict[str, Any] = json.loads(script.read_text()) if script.exists() else {}
        self._write("prompts", prompts)
        time.sleep(self._script.get("seconds", 0))
        if self._meets("kill", prompts):
            os._exit(9)
        if self._meets("fail", prompts):
            # No `Exception`: it passes what makes failures of rows.
            raise KeyboardInterrupt
        if self._meets("slow", prompts):
            deadline = time.monotonic() + SLOW_S
            while seen(self._log).count(prompts[0]) < 2 and time.monotonic() < deadline:
                time.sleep(0.1)
        return [Completion(self._text(prompt), input_tokens=len(prompt) // 4, output_tokens=10) for prompt in prompts]

    def _text(self, prompt: str) -> str:
        return "not json" if prompt.endswith(tuple(self._script.get("malformed", ()))) else ANSWER

    def _meets(self, what: str, prompts: Sequence[str]) -> bool:
        for number, end in enumerate(self._script.get(what, ())):
            if any(prompt.endswith(end) for prompt in prompts):
                try:
                    (self._log / f"{what}-{number}").touch(exist_ok=False)
                except FileExistsError:
                    continue
                return True
        return False

    def _write(self, name: str, lines: Sequence[str]) -> None:
        with open(self._log / name, "a") as file:
            file.write("".join(f"{line}\n" for line in lines))


class Vectors(Counting):
    """Answers each text with its vector, of as many numbers as are asked for, and writes down what it sees as well."""

    def load(self, settings: Settings) -> None:
        super().load(settings)
        self._dimensions = settings.dimensions

    def answer(self, prompts: Sequence[str]) -> Sequence[Completion]:
        assert self._dimensions is not None
        counted = super().answer(prompts)
        assert len(counted) == len(prompts)
        return [Completion(vector=hashed_ngrams(prompt, self._dimensions)) for prompt in prompts]


def seen(log: Path, name: str = "prompts") -> list[str]:
    """The lines that the models have written."""
    path = log / name
    return path.read_text().splitlines() if path.exists() else []


def entry(log: Path, stage: str, **changes: Any) -> dict[str, Any]:
    """An endpoint's entry for such a model. A change of None leaves a key out."""
    made = {
        "kind": "callable",
        "callable": "tests.spark.counting:Counting",
        "model_name": "test-model",
        "stage": stage,
        "master": "local[2,4]",
        "batch_rows": 4,
        "arguments": {"log": str(log)},
        "conf": ALL_SPARK,
    }
    return {key: value for key, value in {**made, **changes}.items() if value is not None}

"""Endpoints' entries for Ray on this machine, with a model that counts."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dbt_llm.workers.models import Completion, Settings
from tests.spark.counting import ROOT, Counting


class Poisoned(Counting):
    """Kills its process at each prompt with the end `arguments["poison"]`, after it has seen the batch."""

    def load(self, settings: Settings) -> None:
        super().load(settings)
        self._poison = settings.arguments["poison"]

    def answer(self, prompts: Sequence[str]) -> Sequence[str | Completion]:
        if any(prompt.endswith(self._poison) for prompt in prompts):
            self._write("prompts", prompts)
            os._exit(9)
        return super().answer(prompts)


def script(folder: Path, **does: Any) -> None:
    """Have the models whose log is in a folder do this, as `Counting` says."""
    (folder / "log" / "script.json").write_text(json.dumps(does))


def entry(folder: Path, arguments: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """An entry with its log and its stage in a folder. A change of None leaves a key out."""
    log = folder / "log"
    log.mkdir(exist_ok=True)
    made = {
        "kind": "callable",
        "callable": "tests.spark.counting:Counting",
        "model_name": "test-model",
        "stage": str(folder / "stage"),
        "batch_rows": 20,
        "replicas": 2,
        # Two actors and what reads for them, on however few cores.
        "cpus_per_replica": 0.25,
        "arguments": {"log": str(log), **(arguments or {})},
        "runtime": {"env_vars": {"PYTHONPATH": str(ROOT)}},
    }
    return {key: value for key, value in {**made, **changes}.items() if value is not None}

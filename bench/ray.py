"""The engine `ray` against a bare job of Ray Data with the same model; Markdown tables.

    python -m bench ray [--rows 20000] [--ms-per-row 1]
    PYTHONPATH=src .envs/engines/bin/python -m bench.ray --vllm [--rows 2000]

The first with a model that waits, as for a GPU, in two actors: `map_batches` with the same class is the bare job. The second
with vLLM on the CPU over a tiny Llama of random weights: `build_processor` alone is. CPU time is that of this process, Ray's
and the actors'.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.workers import BATCH_ROWS, Bench, Waiting, compare
from dbt_llm.workers.models import Settings
from tests.engines.tiny_model import OFFLINE


class Bare:
    """What a notebook would have in an actor."""

    def __init__(self, ms_per_row: float) -> None:
        self._model = Waiting()
        self._model.load(Settings("callable", "m", arguments={"ms_per_row": ms_per_row}))

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        return {"request_key": batch["request_key"], "completion": self._model.answer(list(batch["prompt"]))}


class RayBench(Bench):
    """On a Ray of this process, started once."""

    engine = "ray"
    num_cpus = 2

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        import ray  # type: ignore[import-not-found, unused-ignore]

        ray.init(
            address="local", num_cpus=self.num_cpus, num_gpus=0, include_dashboard=False, log_to_driver=False,
            object_store_memory=200 * 2**20,
        )  # fmt: skip
        ray.data.DataContext.get_current().enable_progress_bars = False

    def entry(self, ms_per_row: float) -> dict[str, Any]:
        return {**super().entry(ms_per_row), "replicas": 2, "cpus_per_replica": 0.5}

    def ask_barely(self, rows: int, ms_per_row: float) -> None:
        import ray

        # Not of the program that was started, which workers do not know.
        from bench.ray import Bare

        asked = self._prompts().map_batches(
            Bare, fn_constructor_args=(ms_per_row,), batch_size=BATCH_ROWS, num_cpus=0.5,
            compute=ray.data.ActorPoolStrategy(size=2),
        )  # fmt: skip
        assert sum(len(batch["request_key"]) for batch in asked.iter_batches(batch_size=None)) == rows

    def _prompts(self) -> Any:
        import ray

        # A block is one actor's, and a file so small would be one block.
        return ray.data.read_parquet(str(self._work_file), columns=["request_key", "prompt"], override_num_blocks=16)


class VllmBench(RayBench):
    """With vLLM's engine in one actor."""

    # Each step of `build_processor` by itself is an actor with a CPU of its own, and waits for good where there is none.
    num_cpus = 8

    model_parameters: Mapping[str, Any] = {"temperature": 0, "max_tokens": 16}
    # Random weights end where they are cut off, which is a failure.
    kept = ("succeeded", "failed")

    def __init__(self, folder: Path) -> None:
        os.environ.update(OFFLINE)
        super().__init__(folder)
        self._weights = str(folder / "weights")
        # Not in this process, which forks nothing that has threads of torch.
        subprocess.run([sys.executable, "-m", "tests.engines.tiny_model", self._weights], check=True)
        self._arguments = {"max_model_len": 256, "enforce_eager": True}

    def entry(self, ms_per_row: float) -> dict[str, Any]:
        made = {
            **super().entry(ms_per_row), "kind": "vllm", "model_path": self._weights, "arguments": self._arguments,
            "gpus_per_replica": 0, "cpus_per_replica": 1, "replicas": 1, "batch_rows": 256,
        }  # fmt: skip
        del made["callable"]
        return made

    def ask_barely(self, rows: int, ms_per_row: float) -> None:  # noqa: ARG002
        from ray.data.llm import build_processor, vLLMEngineProcessorConfig  # type: ignore[import-not-found, unused-ignore]

        # Not of the program that was started, which workers do not know.
        from bench.ray import completion, messages

        config = vLLMEngineProcessorConfig(
            model_source=self._weights, engine_kwargs=self._arguments, concurrency=1,
            log_engine_metrics=False, placement_group_config={"bundle_per_worker": {"CPU": 1}},
        )  # fmt: skip
        processor = build_processor(config, preprocess=messages, postprocess=completion)
        assert sum(len(batch["completion"]) for batch in processor(self._prompts()).iter_batches(batch_size=None)) == rows


def messages(row: Mapping[str, Any]) -> dict[str, Any]:
    """What `build_processor` asks of a row."""
    return {"messages": [{"role": "user", "content": row["prompt"]}], "sampling_params": dict(VllmBench.model_parameters)}


def completion(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is left of it."""
    return {"completion": row["generated_text"]}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench ray")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--ms-per-row", type=float, default=1.0)
    parser.add_argument("--vllm", action="store_true")
    options = parser.parse_args()
    if options.vllm:
        compare(VllmBench, "build_processor alone", options.rows, None, rounds=2)
    else:
        compare(RayBench, "bare map_batches", options.rows, options.ms_per_row)


if __name__ == "__main__":
    main()

"""The kind `vllm` up to vLLM itself, which is not installed here: Ray's own processor with an engine that is a fake."""

from pathlib import Path
from typing import Any

import pytest
import ray.data
import ray.data.llm

from dbt_llm.ray.parts import write_parts
from dbt_llm.ray.rounds import Round, carry_out
from dbt_llm.ray.vllm_pipeline import processor_options
from dbt_llm.workers.files import files_at
from dbt_llm.workers.stage import Stage
from tests.unit.test_ray_parts import VLLM, orders, requests, staged_in


@pytest.mark.parametrize(
    "changes", [{}, {"gpus_per_replica": 0}, {"gpus_per_replica": 2, "arguments": {"tensor_parallel_size": 2}}]
)
def test_ray_takes_the_options(changes: dict[str, Any], tmp_path: Path) -> None:
    made, options = orders(tmp_path, **VLLM, **changes)
    config = ray.data.llm.vLLMEngineProcessorConfig(**processor_options(made, options, Round(8, is_first=True)))
    assert config.concurrency == (1, 1) and config.should_continue_on_error
    assert (config.placement_group_config is None) == (not changes)
    # What is around the engine leaves it a CPU on a node of two.
    assert sum(step["num_cpus"] for step in (config.chat_template_stage, config.tokenize_stage, config.detokenize_stage)) < 0.5


class FakeStage:
    """Of vLLM's engine: what is set of its actors."""

    def __init__(self) -> None:
        self.map_batches_kwargs: dict[str, Any] = {}


class FakeProcessor:
    """What `build_processor` makes, with an engine that answers each prompt, and fails at one as vLLM does."""

    def __init__(self, config: Any, preprocess: Any, postprocess: Any, **_: Any) -> None:
        self.config, self._preprocess, self._postprocess = config, preprocess, postprocess
        self.stage = FakeStage()

    def get_stage_by_name(self, name: str) -> FakeStage:
        assert name == "vLLMEngineStage"
        return self.stage

    def __call__(self, dataset: Any) -> Any:
        from ray.llm._internal.batch.stages.base import wrap_postprocess, wrap_preprocess

        preprocess = wrap_preprocess(self._preprocess, "__data")
        postprocess = wrap_postprocess(self._postprocess, "__data", include_error_column=True)

        def engine(row: dict[str, Any]) -> dict[str, Any]:
            data = row["__data"]
            prompt = data["messages"][0]["content"]
            made = {"generated_text": f"A {prompt}", "num_input_tokens": 3, "num_generated_tokens": 2, "time_taken_llm": 0.5}
            if prompt == "bad":
                made = {"generated_text": "", "num_input_tokens": 0, "num_generated_tokens": 0, "time_taken_llm": -1.0}
            return {"__data": {**data, **made, "__inference_error__": "ValueError: too long" if prompt == "bad" else ""}}

        return dataset.map(preprocess).map(engine).map(postprocess)


def test_the_pipeline_around_a_processor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ray_cluster: None) -> None:
    monkeypatch.setattr(ray.data.llm, "build_processor", FakeProcessor)
    made, options = orders(tmp_path, **VLLM)
    batches = [(0, requests("a", "b")), (0, requests("bad", "c")), (1, requests("d"))]
    parts = write_parts(files_at(made.stage), "work", batches)
    fault, reports = carry_out(made, options, parts, Round(2, is_first=True))
    assert fault is None
    assert sorted((report.part, report.sent) for report in reports) == [(0, 2), (1, 2), (2, 1)]
    expected = {prompt: (f"A {prompt}", None) for prompt in "abcd"}
    assert staged_in(tmp_path) == {**expected, "bad": (None, "provider_error")}
    assert len(Stage(made.stage).names(1)) == 1

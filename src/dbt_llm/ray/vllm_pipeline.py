"""vLLM's engines by Ray Data: the processor that `ray.data.llm` builds, between what reads the parts and what stages answers."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from itertools import groupby
from typing import Any

from ..client import Request
from ..client.forms.json_schema import strict
from ..contract import canonical_json
from ..responses import Answer
from ..workers.batches import response_of
from ..workers.files import files_at
from ..workers.models import Completion
from ..workers.options import RayOptions
from ..workers.stage import Stage
from ..workers.vllm_model import sampling
from ..workers.work import WORK_SCHEMA, Orders
from .parts import read_table
from .rounds import FIRST_BATCHES, Round
from .worker import Report, batch_of, stage_in_use

__all__ = ["asked", "completed", "pipeline", "processor_options", "staged"]

_CPUS = 0.1
"""Of what is around an engine: tasks that read and write files, actors that fill the chat's template and know the tokens.

With a whole one for each, as is Ray's own, four of them and an engine would wait for each other for ever on a node of four CPUs.
"""
_STEPS = ("chat_template_stage", "tokenize_stage", "detokenize_stage")
_PROMPT = "request_prompt"
"""Another name than `prompt`, which Ray's stages write over."""
_OF_REQUEST = ("request_key", _PROMPT, "attempt", "superseded")
_WRITTEN = ("generated_text", "num_input_tokens", "num_generated_tokens", "time_taken_llm")
_ERROR = "__inference_error__"


def pipeline(dataset: Any, orders: Orders, options: RayOptions, how: Round, *, retries: int) -> Any:
    """The dataset of reports, lazily, from one of parts. `retries`: of a part whose engine died. Raises `ImportError`."""
    from ray.data.llm import build_processor, vLLMEngineProcessorConfig  # type: ignore[import-not-found, unused-ignore]

    config = vLLMEngineProcessorConfig(**processor_options(orders, options, how))
    processor = build_processor(
        config,
        preprocess=partial(asked, _sampling_params(orders)),
        postprocess=completed,
        preprocess_map_kwargs={"num_cpus": _CPUS},
        postprocess_map_kwargs={"num_cpus": _CPUS},
    )
    # Ray would restart an engine for ever at a prompt that it dies of.
    processor.get_stage_by_name("vLLMEngineStage").map_batches_kwargs["max_task_retries"] = retries
    read = dataset.map_batches(partial(_read, orders.stage), batch_size=1, num_cpus=_CPUS)
    # What is asked again is so because others were answered, or because there are too few to tell.
    stage = partial(staged, orders, not how.is_first)
    return processor(read).map_batches(stage, batch_size=None, batch_format="pyarrow", num_cpus=_CPUS)


def processor_options(orders: Orders, options: RayOptions, how: Round) -> dict[str, Any]:
    """What `vLLMEngineProcessorConfig` is made of."""
    arguments = dict(options.arguments)
    # One alone, where an engine has died of some.
    at_once = FIRST_BATCHES if how.is_first else 1
    made: dict[str, Any] = {
        "model_source": options.model_path or orders.endpoint.model_name,
        "engine_kwargs": arguments,
        "batch_size": how.part_rows,
        "concurrency": (orders.tasks_at_once, orders.tasks_at_once),
        "max_concurrent_batches": at_once,
        # What waits for an engine that dies is lost with it.
        "max_tasks_in_flight_per_actor": at_once,
        "should_continue_on_error": True,
        # Needs more of Ray than its data libraries, and a server that collects them.
        "log_engine_metrics": False,
        "accelerator_type": options.accelerator_type,
        **{step: {"num_cpus": _CPUS} for step in _STEPS},
    }
    if options.gpus_per_replica is not None:
        workers = int(arguments.get("tensor_parallel_size", 1)) * int(arguments.get("pipeline_parallel_size", 1))
        gpus = options.gpus_per_replica / workers
        bundle = {"CPU": options.cpus_per_replica, **({"GPU": gpus} if gpus else {})}
        made["placement_group_config"] = {"bundle_per_worker": bundle}
    return made


def asked(sampling_params: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """What a processor's first stages want of a row."""
    return {"messages": [{"role": "user", "content": row[_PROMPT]}], "sampling_params": dict(sampling_params)}


def completed(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a row that the engine answered. One that it failed at does not come here, and keeps all it has."""
    return {name: row[name] for name in ("part", "slice", *_OF_REQUEST, *_WRITTEN)}


def staged(orders: Orders, is_proven: bool, table: Any) -> dict[str, list[int]]:
    """Stage the answers of a block; return the reports of its parts that are done with.

    `is_proven`: failures are the rows'; else a part that fails as a whole is staged only where others were answered.
    """
    stage = Stage(orders.stage)
    reports = []
    rows = sorted(table.to_pylist(), key=lambda row: (row["part"], row["slice"]))
    for (part, number), of_part in groupby(rows, key=lambda row: (row["part"], row["slice"])):
        answers = [_answer(orders, row) for row in of_part]
        # Failures of a model that has never answered are the model's: they use up no row's attempts.
        if is_proven or any(response.completion is not None for _, response in answers) or stage.names():
            with stage_in_use(orders.stage):
                stage.write(number, answers, orders.labels, store_prompts=orders.store_prompts)
                reports.append(Report(part, sent=len(answers)))
    return batch_of(reports)


def _read(stage_url: str, batch: dict[str, Any]) -> Any:
    [part], [file], [group] = (batch[name].tolist() for name in ("part", "file", "group"))
    import pyarrow as pa  # type: ignore[import-untyped]

    is_ended = Stage(stage_url).note() is not None
    table = WORK_SCHEMA.empty_table() if is_ended else read_table(files_at(stage_url), file, group)
    names = [_PROMPT if name == "prompt" else name for name in WORK_SCHEMA.names]
    return table.rename_columns(names).append_column("part", pa.array([part] * table.num_rows, pa.int64()))


def _sampling_params(orders: Orders) -> dict[str, Any]:
    made = sampling(orders.model_parameters)
    if orders.response_format is not None:
        # As text: a column of Arrow's has one type, and a schema's lists have several.
        made["structured_outputs"] = {"json": canonical_json(strict(orders.response_format))}
    return made


def _answer(orders: Orders, row: Mapping[str, Any]) -> Answer:
    request = Request(*(row[name] for name in _OF_REQUEST))
    seconds = max(row.get("time_taken_llm") or 0.0, 0.0)
    return request, response_of(_completion(orders, row), orders.endpoint, time.time() - seconds, round(seconds * 1000))


def _completion(orders: Orders, row: Mapping[str, Any]) -> Completion:
    if row.get(_ERROR):
        # vLLM's own words may quote the prompt.
        kind = str(row[_ERROR]).partition(":")[0]
        return Completion(error=f"the model raised ({kind if kind.isidentifier() else 'an error'})")
    output_tokens = int(row["num_generated_tokens"])
    input_tokens = int(row["num_input_tokens"])
    return Completion(
        row["generated_text"],
        # Ray does not hand on why it ended.
        finish_reason="length" if _is_cut(orders, input_tokens, output_tokens) else "stop",
        input_tokens=input_tokens,
        output_tokens=output_tokens,
    )


def _is_cut(orders: Orders, input_tokens: int, output_tokens: int) -> bool:
    most = sampling(orders.model_parameters)["max_tokens"]
    longest = orders.options.arguments.get("max_model_len")
    return (most is not None and output_tokens >= most) or (longest is not None and input_tokens + output_tokens >= longest)

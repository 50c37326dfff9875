"""One round over parts of the work, inside the cluster: a Ray dataset of them, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..workers.models import ModelError, absent, not_loaded
from ..workers.options import RayOptions
from ..workers.work import Orders
from .parts import Part
from .worker import Asking, Report, described, reports_of

__all__ = ["FIRST_BATCHES", "Round", "carry_out"]

FIRST_BATCHES = 8
"""How many an engine of vLLM has under way, so that it never waits for the last answers of one. Ray's own number."""
_RETRIES = 0
"""Of a part whose actor died: the next round asks what is lost in smaller parts, or it would kill one actor after the other."""


@dataclass(frozen=True)
class Round:
    """How parts are asked. `part_rows`: the most requests of one. `is_first`: or else, one that are asked again."""

    part_rows: int
    is_first: bool


def carry_out(orders: Orders, options: RayOptions, parts: Sequence[Part], how: Round) -> tuple[str | None, list[Report]]:
    """Have them asked; return what the model's fault is, if nothing can be asked of it, and the reports of those that are done.

    Runs as a task of Ray's, in whose process the settings are this round's only.
    """
    import ray.data  # type: ignore[import-not-found, unused-ignore]

    context = ray.data.DataContext.get_current()
    # What dies with an actor is missing among the reports, and no reason to end the job.
    context.max_errored_blocks = -1
    context.enable_progress_bars = False
    dataset = ray.data.from_items([described(part) for part in parts], override_num_blocks=len(parts))
    try:
        if options.kind == "vllm":
            from .vllm_pipeline import pipeline

            dataset = pipeline(dataset, orders, options, how, retries=_RETRIES)
        else:
            dataset = _asked(dataset, orders, options, how, len(parts))
        return None, [report for batch in dataset.iter_batches(batch_size=None) for report in reports_of(batch)]
    except ImportError as error:
        return str(absent(options.kind, orders.endpoint.model_name, error.name or options.kind)), []
    except ModelError as error:
        return str(error), []
    except Exception as error:
        words = _why_no_actor(error)
        if words is None:
            raise
        where = options.model_path or orders.endpoint.model_name
        return str(not_loaded(orders.endpoint.model_name, where, words)), []


def _asked(dataset: Any, orders: Orders, options: RayOptions, how: Round, parts: int) -> Any:
    import ray.data  # type: ignore[import-not-found, unused-ignore]

    size = min(orders.tasks_at_once, parts)
    return dataset.map_batches(
        Asking,
        fn_constructor_args=(orders, None if how.is_first else how.part_rows),
        batch_size=1,
        # What waits for an actor that dies is lost with it.
        compute=ray.data.ActorPoolStrategy(size=size, max_tasks_in_flight_per_actor=1),
        num_cpus=options.cpus_per_replica,
        num_gpus=options.gpus_per_replica or 0,
        max_task_retries=_RETRIES,
        **({} if options.accelerator_type is None else {"accelerator_type": options.accelerator_type}),
    )


def _why_no_actor(error: BaseException | None) -> str | None:
    """Why no actor came up, in its own words, as nothing had been asked by then; None where that was not so."""
    while error is not None:
        if getattr(error, "actor_init_failed", False):
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            return lines[-1][:300] if lines else type(error).__name__
        error = error.__cause__ or error.__context__
    return None

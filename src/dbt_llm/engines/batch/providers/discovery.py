"""What is the same in the search for a job of which only the intent is known."""

from __future__ import annotations

from collections.abc import Iterable

from ..provider import BatchIntent, Discovery

LABEL = "dbt_llm_batch_key"
"""The key under which a job's metadata hold the batch key, where jobs have metadata."""

CLOCK_SKEW_S = 3600.0
"""How far this machine's clock may be ahead of the provider's. Too little costs a batch, too much a few pages."""


def job_name(intent: BatchIntent) -> str:
    """The label of a job where it can have but a name."""
    return f"dbt-llm-{intent.batch_key}"


def since(intent: BatchIntent) -> float:
    """No job of the intent was created before this time, in the provider's seconds since the epoch."""
    return intent.created_at - CLOCK_SKEW_S


def newest(candidates: Iterable[tuple[float, str]]) -> str | Discovery:
    """The id of the candidate (seconds since the epoch, id) that was created last; absent where there is none."""
    found = sorted(candidates)
    return found[-1][1] if found else Discovery.ABSENT

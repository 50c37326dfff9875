"""The servers that `python -m dbt_llm.testing --preset NAME` starts."""

from __future__ import annotations

from dataclasses import dataclass, field

from .answers import Answer, echo, from_schema
from .faults import Faults
from .rules import SERVED_MODEL, rules


@dataclass(frozen=True)
class Preset:
    """A named server: its answers, its faults, and a sentence that says what it is."""

    description: str
    answer: Answer
    faults: Faults = field(default_factory=Faults)
    served_model: str | None = None


DEMO_FAULTS = Faults(
    throttle=[0.04],
    error=[0.01],
    malformed_json=0.01,
    off_schema=0.005,
    truncated=0.003,
    refusal=0.002,
    latency_s=0.04,
)
"""About what a busy provider does: most of it passes on a retry, a little ends in quarantine."""

PRESETS = {
    "demo": Preset(
        "rules over the support-message example, with some faults; not a language model",
        rules,
        DEMO_FAULTS,
        SERVED_MODEL,
    ),
    "echo": Preset("each prompt, echoed; not a language model", echo),
    "from_schema": Preset("any value that the response format allows; not a language model", from_schema),
    "rules": Preset(
        "rules over the support-message example; not a language model",
        rules,
        served_model=SERVED_MODEL,
    ),
}

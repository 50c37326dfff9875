"""What Claude models have in common, wherever they are served."""

from __future__ import annotations

import re
from typing import Any

_SAMPLING = ("temperature", "top_p", "top_k")
_NAME = re.compile(r"claude-(?P<family>[a-z]+)-(?P<major>\d+)(?:-(?P<minor>\d)(?!\d))?")
_OLD_NAME = re.compile(r"claude-(?:instant|v?[123]\b|[123]-)")
# Claude 4.7 and later answer 400 to them, whatever their value; of Haiku, what comes after 4.5.
_LAST_WITH_SAMPLING = {"opus": (4, 6), "sonnet": (4, 6), "haiku": (4, 5)}


def is_claude(model_name: str) -> bool:
    """Whether a provider of many families serves a Claude model by this name."""
    return "anthropic." in model_name


def leave_out_sampling(model_name: str, parameters: dict[str, Any]) -> str | None:
    """Remove the parameters of sampling that the model would refuse; return a sentence that says so, if there were any.

    A task keeps them for the models that take them: every request that has them would fail here.
    """
    named = [name for name in _SAMPLING if name in parameters]
    if not named or _takes_sampling(model_name):
        return None
    for name in named:
        del parameters[name]
    return f"{model_name} takes no {', '.join(named)}, which the model parameters have; it is called without."


def _takes_sampling(model_name: str) -> bool:
    if _OLD_NAME.search(model_name):
        return True
    found = _NAME.search(model_name)
    # One that is not known is a newer one.
    last = _LAST_WITH_SAMPLING.get(found["family"]) if found is not None else None
    return found is not None and last is not None and (int(found["major"]), int(found["minor"] or 0)) <= last

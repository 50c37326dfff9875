"""The models that workers hold in their own process, behind one interface, and each loaded once in a process."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..client import DbtLlmError
from ..client.redaction import error_words

__all__ = ["Answered", "Completion", "Loaded", "Model", "ModelError", "Settings", "absent", "loaded", "not_loaded"]


class ModelError(DbtLlmError):
    """The model answers nothing at all, whatever it is asked: it cannot be loaded, or breaks its interface."""


@dataclass(frozen=True)
class Settings:
    """What a model is loaded for. `response_format`: the JSON Schema that completions have to meet, if there is one.

    `dimensions`: of the vectors, where embeddings are asked for.
    """

    kind: str
    model_name: str
    model_path: str | None = None
    callable: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    model_parameters: Mapping[str, Any] = field(default_factory=dict)
    response_format: Mapping[str, Any] | None = None
    dimensions: int | None = None


@dataclass(frozen=True)
class Completion:
    """What became of one prompt: a text, or the `error` that it met. `finish_reason`: `length` where it was cut off.

    `vector`: in the place of a text where embeddings are asked for.
    """

    text: str | None = None
    error: str | None = None
    finish_reason: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    vector: Sequence[float] | None = None


Answered = str | Sequence[float] | Completion
"""What a model may return for a prompt: a text, the numbers of a vector, or either with what else there is to say."""


class Model(Protocol):
    """A language model in a worker. A user's own has these two methods and an `__init__` without arguments."""

    def load(self, settings: Settings) -> None:
        """Make it ready; called once in each process, before all else. Raises whatever says why it cannot be."""

    def answer(self, prompts: Sequence[str]) -> Sequence[Answered]:
        """One completion, or where embeddings are asked for one vector, for each prompt, in their order.

        A batch that raises is halved and asked again, down to the prompt at fault; so a model whose calls cost money should
        return an error for a prompt, and not raise.
        """


class Loaded:
    """A model that is ready. `has_answered`: whether it has returned completions, in whichever of its process's tasks."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.has_answered = False

    def answer(self, prompts: Sequence[str]) -> Sequence[Answered]:
        """As the model does."""
        return self._model.answer(prompts)


_loaded: dict[str, Loaded] = {}
"""By their settings. A worker's process outlives its tasks, and weights take minutes to load."""


def loaded(settings: Settings) -> Loaded:
    """The model of this process; loaded when first asked for. Raises `ModelError`."""
    key = json.dumps([settings.kind, *map(str, vars(settings).values())], sort_keys=True)
    if key not in _loaded:
        try:
            model = _model(settings)
            model.load(settings)
        except ImportError as error:
            raise absent(settings.kind, settings.model_name, error.name or str(settings.callable)) from None
        except Exception as error:
            where = settings.callable or settings.model_path or settings.model_name
            raise not_loaded(settings.model_name, where, _words(error)) from None
        # One at a time: two models do not fit into one GPU.
        _loaded.clear()
        _loaded[key] = Loaded(model)
    return _loaded[key]


_PACKAGES = {"vllm": "vllm", "transformers": "transformers and torch"}


def absent(kind: str, model_name: str, module: str) -> ModelError:
    """That the workers have no such module."""
    return ModelError(
        f"the workers have no '{module}', which the model '{model_name}' needs"
        f" (kind {kind}). Install {_PACKAGES.get(kind, 'it')} on every worker, or ship it with the job."
    )


def not_loaded(model_name: str, where: str, words: str) -> ModelError:
    """That there is no such model, or no room for it."""
    return ModelError(
        f"the model '{model_name}' cannot be loaded from '{where}' ({words})."
        " Look at that place from a worker, and at the memory that it has."
    )


def _words(error: Exception) -> str:
    # Nothing has been asked yet, so its words quote no prompt.
    first = str(error).strip().partition("\n")[0][:300]
    return f"{type(error).__name__}: {first}" if first else error_words(error)


def _model(settings: Settings) -> Model:
    if settings.kind == "vllm":
        from .vllm_model import VllmModel

        return VllmModel()
    if settings.kind == "transformers":
        from .transformers_model import TransformersModel

        return TransformersModel()
    assert settings.callable is not None, "the entry was checked"
    module, _, name = settings.callable.partition(":")
    made: Model = getattr(importlib.import_module(module), name)()
    return made

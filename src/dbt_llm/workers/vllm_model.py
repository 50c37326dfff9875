"""vLLM's engine in a worker's own process, held to the task's schema while it writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..client.forms.json_schema import strict
from ..client.forms.request_body import take_max_tokens
from .models import Completion, Settings

__all__ = ["VllmModel", "sampling"]


class VllmModel:
    """A `Model`. Its `arguments` are those of `vllm.LLM`, such as `tensor_parallel_size`."""

    def load(self, settings: Settings) -> None:
        """Load the weights. A model parameter that vLLM does not know is an error here, before anything is asked."""
        from vllm import LLM, SamplingParams  # type: ignore[import-not-found, unused-ignore]
        from vllm.sampling_params import StructuredOutputsParams  # type: ignore[import-not-found, unused-ignore]

        parameters = sampling(settings.model_parameters)
        if settings.response_format is not None:
            parameters["structured_outputs"] = StructuredOutputsParams(json=strict(settings.response_format))
        self._sampling = SamplingParams(**parameters)
        self._llm = LLM(model=settings.model_path or settings.model_name, **settings.arguments)

    def answer(self, prompts: Sequence[str]) -> Sequence[Completion]:
        """One chat for each prompt; vLLM schedules them by itself."""
        chats = [[{"role": "user", "content": prompt}] for prompt in prompts]
        return [_completion(output) for output in self._llm.chat(chats, self._sampling, use_tqdm=False)]


def sampling(model_parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A task's model parameters in the words of vLLM's `SamplingParams`."""
    parameters = dict(model_parameters)
    most_tokens = take_max_tokens(parameters)
    # Without a number vLLM writes sixteen tokens, and a server of it as many as fit.
    return {**parameters, "max_tokens": most_tokens}


def _completion(output: Any) -> Completion:
    written = output.outputs[0]
    return Completion(
        written.text,
        finish_reason=written.finish_reason,
        input_tokens=len(output.prompt_token_ids),
        output_tokens=len(written.token_ids),
    )

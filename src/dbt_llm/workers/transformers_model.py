"""A model of transformers in a worker's own process. It is asked for the schema in words: nothing holds it to that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..client.forms.json_schema import instruction
from ..client.forms.request_body import take_max_tokens
from .models import Completion, Settings

__all__ = ["TransformersModel", "generation"]

_MOST_TOKENS = 256


class TransformersModel:
    """A `Model`. Its `arguments` are those of `transformers.pipeline`, such as `device_map`."""

    def load(self, settings: Settings) -> None:
        """Load the weights and the tokenizer, as a pipeline does."""
        from transformers import pipeline  # type: ignore[import-not-found, unused-ignore]

        self._system = None if settings.response_format is None else instruction(settings.response_format)
        self._generation = generation(settings.model_parameters)
        loaded = pipeline("text-generation", model=settings.model_path or settings.model_name, **settings.arguments)
        self._model, self._tokenizer = loaded.model, loaded.tokenizer
        if self._tokenizer.pad_token_id is None:
            # A batch is padded, with what no text is made of.
            self._tokenizer.pad_token_id = self._tokenizer.eos_token_id
        # What is written goes on from a prompt's end.
        self._tokenizer.padding_side = "left"
        ends = self._model.generation_config.eos_token_id
        self._ends = frozenset(ends if isinstance(ends, list) else [ends])

    def answer(self, prompts: Sequence[str]) -> Sequence[Completion]:
        """All of them as one batch."""
        texts = [self._text(prompt) for prompt in prompts]
        given = self._tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=not self._is_chat)
        given = given.to(self._model.device)
        # Not by the pipeline, which returns texts: how many tokens they were, and whether they came to an end, is lost in them.
        whole = self._model.generate(
            input_ids=given["input_ids"],
            attention_mask=given["attention_mask"],
            pad_token_id=self._tokenizer.pad_token_id,
            **self._generation,
        )
        begins = given["input_ids"].shape[1]
        input_tokens = map(sum, given["attention_mask"].tolist())
        written = (tokens[begins:] for tokens in whole.tolist())
        return [self._completion(*of_prompt) for of_prompt in zip(input_tokens, written, strict=True)]

    @property
    def _is_chat(self) -> bool:
        return bool(self._tokenizer.chat_template)

    def _text(self, prompt: str) -> str:
        if not self._is_chat:
            return prompt if self._system is None else f"{self._system}\n\n{prompt}"
        messages = [{"role": "user", "content": prompt}]
        if self._system is not None:
            messages.insert(0, {"role": "system", "content": self._system})
        return str(self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))

    def _completion(self, input_tokens: int, written: list[int]) -> Completion:
        # After its end a text is padded to the longest of its batch.
        end = next((number for number, token in enumerate(written, 1) if token in self._ends), None)
        tokens = written[:end]
        return Completion(
            self._tokenizer.decode(tokens, skip_special_tokens=True),
            finish_reason="length" if end is None else "stop",
            input_tokens=input_tokens,
            output_tokens=len(tokens),
        )


def generation(model_parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A task's model parameters in the words of transformers' `generate`."""
    parameters = dict(model_parameters)
    most_tokens = take_max_tokens(parameters)
    # A temperature of 0 is an error there, and means the likeliest token.
    if not parameters.get("temperature"):
        parameters.pop("temperature", None)
        parameters["do_sample"] = False
    else:
        parameters.setdefault("do_sample", True)
    return {**parameters, "max_new_tokens": most_tokens or _MOST_TOKENS}

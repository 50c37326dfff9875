"""The models of transformers and vLLM in the workers, as far as they can be told without their libraries."""

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dbt_llm.workers.models import Settings
from dbt_llm.workers.transformers_model import TransformersModel, generation
from dbt_llm.workers.vllm_model import sampling

PAD, END = 0, 1


class Tokens(dict[str, Any]):
    def to(self, device: str) -> "Tokens":
        return self


class Tokenizer:
    """A token for each character, which are read back as three: as a byte that is no text is written as three others."""

    chat_template = None
    pad_token_id, eos_token_id = None, END

    def __call__(self, texts: list[str], **_: Any) -> Tokens:
        assert self.padding_side == "left"  # type: ignore[attr-defined]
        longest = max(map(len, texts))
        ids = [[END] * (longest - len(text)) + [ord(letter) for letter in text] for text in texts]
        mask = [[0] * (longest - len(text)) + [1] * len(text) for text in texts]
        return Tokens(input_ids=np.array(ids), attention_mask=np.array(mask))

    def decode(self, tokens: list[int], **_: Any) -> str:
        return "".join(chr(token) * 3 for token in tokens if token != END)


class Weights:
    device = "cpu"

    def __init__(self, written: list[list[int]], ends: Any) -> None:
        self._written = written
        self.generation_config = SimpleNamespace(eos_token_id=ends)

    def generate(self, *, input_ids: Any, attention_mask: Any, pad_token_id: int, max_new_tokens: int, **_: Any) -> Any:
        assert pad_token_id == END and max_new_tokens == 4
        return np.concatenate([input_ids, np.array(self._written)], axis=1)


@pytest.mark.parametrize("ends", [END, [END, 7]])
def test_tokens_are_those_that_were_written_and_only_an_end_ends_a_text(ends: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = ord("a"), ord("b")
    weights = Weights([[a, a, a, b], [b, END, END, END]], ends)
    transformers = ModuleType("transformers")
    transformers.pipeline = lambda *_, **__: SimpleNamespace(model=weights, tokenizer=Tokenizer())  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "transformers", transformers)
    model = TransformersModel()
    model.load(Settings("transformers", "m", model_parameters={"max_tokens": 4}))
    cut, ended = model.answer(["long prompt", "short"])
    assert (cut.text, cut.finish_reason, cut.input_tokens, cut.output_tokens) == ("aaaaaaaaabbb", "length", 11, 4)
    assert (ended.text, ended.finish_reason, ended.input_tokens, ended.output_tokens) == ("bbb", "stop", 5, 2)


def test_model_parameters_in_the_words_of_each_library() -> None:
    assert generation({"temperature": 0, "max_tokens": 9}) == {"do_sample": False, "max_new_tokens": 9}
    assert generation({"temperature": 0.5, "top_p": 0.9}) == {
        "temperature": 0.5, "top_p": 0.9, "do_sample": True, "max_new_tokens": 256,
    }  # fmt: skip
    assert sampling({"temperature": 0, "max_tokens": 9}) == {"temperature": 0, "max_tokens": 9}
    assert sampling({"seed": 1}) == {"seed": 1, "max_tokens": None}

"""The wire forms of providers' APIs, a module for each, and what they are made of.

form = form_of(endpoint, model_parameters, response_format, prompt_prefix)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ..endpoint import Endpoint
from ..outcomes import Outcome
from .anthropic_messages import AnthropicMessages
from .bedrock_converse import BedrockConverse
from .gemini_content import GeminiContent
from .openai_chat import OpenAIChat
from .openai_embeddings import OpenAIEmbeddings
from .openai_responses import OpenAIResponses

__all__ = ["Form", "form_of"]


class Form(Protocol):
    """What differs between providers' APIs. One form is made per run, and shared by the async and batch engines."""

    constant_bytes: int
    """UTF-8 bytes of the text that every request carries besides its prompt."""
    cached_bytes: int
    """UTF-8 bytes at the beginning of every request that the provider is asked to keep; 0: it is asked for nothing.

    Where it is not 0, the first call should be let end before others begin: each of them would be billed as a write.
    """
    max_output_tokens: int | None
    """The most tokens that a completion may have, where the model parameters say so."""
    warning: str | None
    """What is done less well than asked, as one or more sentences to be shown once per run."""
    url: str
    """Where one request is posted, encoded."""

    def headers(self, api_key: str | None, body: bytes) -> Mapping[str, str]:
        """The headers of a call, the key's among them."""

    def encode(self, prompt: str) -> bytes:
        """The request body for one prompt, as JSON; the same that a line of a batch's input file holds."""

    def interpret(self, status: int, body: Any) -> Outcome:
        """What a response means. `body`: parsed JSON, or None where it was none. Never raises."""


_CHAT: Mapping[str, type[OpenAIChat | AnthropicMessages | GeminiContent | BedrockConverse]] = {
    "openai": OpenAIChat,
    "azure": OpenAIChat,
    "mistral": OpenAIChat,
    "anthropic": AnthropicMessages,
    "gemini": GeminiContent,
    "bedrock": BedrockConverse,
}


def form_of(
    endpoint: Endpoint,
    model_parameters: Mapping[str, Any] | None = None,
    response_format: Mapping[str, Any] | None = None,
    prompt_prefix: str = "",
    *,
    dimensions: int | None = None,
) -> Form:
    """The form of an endpoint's provider, for one task.

    `response_format`: a JSON Schema of type object, normalised: one type for each value, `nullable: true` where it may be
    null, `required` at every object. `prompt_prefix`: the text that all prompts begin with, as far as known. `dimensions`: of
    the vectors, where embeddings are asked for; such a request has neither of the two.

    Raises `ConfigurationError` where a model parameter would change what a response means, nothing could sign a
    request to Bedrock, or the endpoint makes no embeddings, and `MissingDependencyError`.
    """
    if dimensions is not None:
        return OpenAIEmbeddings(endpoint, model_parameters, dimensions)
    if endpoint.service_tier is not None:
        # Of the endpoint, not of the task: the answers of all tiers serve each other.
        model_parameters = {**(model_parameters or {}), "service_tier": endpoint.service_tier}
    form = OpenAIResponses if endpoint.api == "responses" else _CHAT[endpoint.provider]
    return form(endpoint, model_parameters, response_format, prompt_prefix)

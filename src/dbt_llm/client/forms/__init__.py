"""The wire forms of providers' APIs, a module for each, and what they are made of.

form = form_of(endpoint, model_parameters, response_format, prompt_prefix)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..endpoint import Endpoint
from .anthropic_messages import AnthropicMessages
from .bedrock_converse import BedrockConverse
from .form import Form
from .gemini_content import GeminiContent
from .openai_chat import OpenAIChat
from .openai_responses import OpenAIResponses

__all__ = ["Form", "form_of"]

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
) -> Form:
    """The form of an endpoint's provider, for one task.

    `response_format`: a JSON Schema of type object, normalised: one type for each value, `nullable: true` where it may be
    null, `required` at every object. `prompt_prefix`: the text that all prompts begin with, as far as known.

    Raises `ConfigurationError` where a model parameter would change what a response means, or nothing could sign a
    request to Bedrock, and `MissingDependencyError`.
    """
    if endpoint.api == "responses":
        return OpenAIResponses(endpoint, model_parameters, response_format, prompt_prefix)
    return _CHAT[endpoint.provider](endpoint, model_parameters, response_format, prompt_prefix)

"""The providers' forms of a live call, and the URLs at which they are spoken."""

from __future__ import annotations

from .anthropic_and_bedrock import AnthropicMessages, BedrockConverse
from .form import Exchange, Failure, Form
from .generate_content import Gemini
from .openai_and_mistral import MistralChat, MistralEmbeddings, OpenAIChat, OpenAIEmbeddings, OpenAIResponses

OPENAI_CHAT = OpenAIChat()
OPENAI_RESPONSES = OpenAIResponses()
ANTHROPIC_MESSAGES = AnthropicMessages()
GEMINI = Gemini()
BEDROCK_CONVERSE = BedrockConverse()
MISTRAL_CHAT = MistralChat()
OPENAI_EMBEDDINGS = OpenAIEmbeddings()
MISTRAL_EMBEDDINGS = MistralEmbeddings()
EMBEDDINGS = (OPENAI_EMBEDDINGS, MISTRAL_EMBEDDINGS)
"""In a batch; a live call of many inputs is no request of a form."""

_PATHS: dict[str, Form] = {
    "/v1/chat/completions": OPENAI_CHAT,
    "/v1/responses": OPENAI_RESPONSES,
    "/openai/v1/chat/completions": OPENAI_CHAT,
    "/openai/v1/responses": OPENAI_RESPONSES,
    "/v1/messages": ANTHROPIC_MESSAGES,
    "/mistral/v1/chat/completions": MISTRAL_CHAT,
}


def live_form(path: str) -> tuple[Form, str] | None:
    """The form that a POST to this path has, and the model that the path names (or an empty text)."""
    form = _PATHS.get(path)
    if form is not None:
        return form, ""
    if path.startswith("/v1beta/models/") and path.endswith(":generateContent"):
        return GEMINI, path.removeprefix("/v1beta/models/").removesuffix(":generateContent")
    if path.startswith("/model/") and path.endswith("/converse"):
        return BEDROCK_CONVERSE, path.removeprefix("/model/").removesuffix("/converse")
    return None


def spoken_at(path: str) -> Form:
    """The form in which an error at any path is worded."""
    if path.startswith(("/mistral/", "/v1/batch/")):
        return MISTRAL_CHAT
    if path.startswith("/v1/messages"):
        return ANTHROPIC_MESSAGES
    if path.startswith(("/v1beta/", "/upload/", "/download/")):
        return GEMINI
    return BEDROCK_CONVERSE if path.startswith("/model/") else OPENAI_CHAT


__all__ = [
    "ANTHROPIC_MESSAGES",
    "BEDROCK_CONVERSE",
    "EMBEDDINGS",
    "GEMINI",
    "MISTRAL_CHAT",
    "MISTRAL_EMBEDDINGS",
    "OPENAI_CHAT",
    "OPENAI_EMBEDDINGS",
    "OPENAI_RESPONSES",
    "Exchange",
    "Failure",
    "Form",
    "live_form",
    "spoken_at",
]

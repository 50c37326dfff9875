"""Arguments that BigQuery takes as literals only."""

import json
from typing import Any

from bqemulator.domain.errors import InvalidQueryError
from sqlglot.tokens import TokenType

from .calls import Argument


def json_value(value: Argument, name: str) -> Any:
    """The value of JSON '…'."""
    if value.words()[:1] != ["json"] or len(value.tokens) != 2 or value.tokens[1].token_type != TokenType.STRING:
        raise InvalidQueryError(f"{name} must be a JSON literal.")
    try:
        return json.loads(value.tokens[1].text)
    except ValueError as fault:
        raise InvalidQueryError(f"Invalid JSON literal: {fault}") from None


def json_text(value: Argument, name: str) -> Any:
    """The value of a text that is JSON."""
    try:
        return json.loads(text(value, name))
    except ValueError as fault:
        raise InvalidQueryError(f"{name} is not a JSON-formatted string literal: {fault}") from None


def text(value: Argument, name: str) -> str:
    if len(value.tokens) != 1 or value.tokens[0].token_type != TokenType.STRING:
        raise InvalidQueryError(f"Argument `{name}` must be a string literal.")
    return value.tokens[0].text


def constant(value: Argument, name: str) -> Any:
    """A text, a number, a boolean, or an array of them."""
    spelt = [json.dumps(token.text) if token.token_type == TokenType.STRING else token.text.lower() for token in value.tokens]
    try:
        return json.loads("".join(spelt))
    except ValueError:
        raise InvalidQueryError(f"{name} must be a literal.") from None

"""AI.<FUNCTION>(MODEL m, {TABLE t | (query)}, STRUCT(…)): what all table functions of this form take, bound strictly."""

from collections.abc import Callable
from typing import Any

from bqemulator.domain.errors import InvalidQueryError

from . import literals, remote_models
from .calls import Argument


def bind(name: str, arguments: list[Argument], project_id: str, ctx) -> tuple[str, str]:
    """The endpoint of the model, and the relation that gives the rows."""
    model, relation, *_ = arguments
    if model.words()[:1] != ["model"] or len(model.tokens) < 2:
        raise InvalidQueryError(f"Expected the keyword MODEL and a model as the first argument of {name}.")
    endpoint = remote_models.endpoint_of("".join(token.text for token in model.tokens[1:]), project_id, ctx)
    if relation.words()[0] not in ("table", "("):
        raise InvalidQueryError(f"Expected a TABLE or a query in parentheses as the second argument of {name}.")
    return endpoint, (relation.after(1) if relation.words()[0] == "table" else relation).text


def settings_of(
    name: str,
    struct: Argument,
    known: set[str],
    value_of: Callable[[Argument, str], Any] = literals.constant,
) -> dict[str, Any]:
    """The fields of the STRUCT."""
    if struct.words()[:1] != ["struct"]:
        raise InvalidQueryError(f"Expected a STRUCT as the third argument of {name}.")
    settings: dict[str, Any] = {}
    for part in struct.parts():
        words = part.words()
        if len(words) < 3 or words[-2] != "as":
            raise InvalidQueryError(f"Every field of {name}'s STRUCT needs a name.")
        field = words[-1]
        if field not in known:
            raise InvalidQueryError(f"Invalid field name {field} in the settings of {name}.")
        if field in settings:
            raise InvalidQueryError(f"Duplicate field name {field} in the settings of {name}.")
        settings[field] = value_of(part.before_last(2), field)
    return settings

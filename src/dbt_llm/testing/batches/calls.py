"""A call to a Batch API, and what answers it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..chat import BadRequestError, parse_object
from ..forms import Form


@dataclass(frozen=True)
class Call:
    """A call whose body lies on disk. `root`: the server's address as the caller knows it, without a last slash."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    root: str
    form: Form
    body: Path
    fields: Mapping[str, str] = field(default_factory=dict)
    """The texts of a multipart body, whose file is `body`; its name is the text `filename`."""

    def json(self) -> dict[str, Any]:
        """The object that the body holds. Raises `BadRequestError`."""
        return parse_object(self.body.read_bytes())

    def number(self, name: str, default: int, most: int) -> int:
        """A number in the query. Raises `BadRequestError` where it is none, or out of range."""
        text = self.query.get(name, str(default))
        if not text.isdigit() or not 1 <= int(text) <= most:
            raise BadRequestError(f"Invalid '{name}': expected 1 to {most}; got '{text}'.")
        return int(text)


@dataclass(frozen=True)
class Sent:
    """What answers a call: an object, or a file."""

    status: int = 200
    body: dict[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = None


class RefusedError(Exception):
    """A call is refused with a status and a message, which its form words."""

    def __init__(self, status: int, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


Handler = Callable[..., Sent]


@dataclass(frozen=True)
class Route:
    """A kind of call: its method, its path, its operation, and what answers it, given the path's groups."""

    method: str
    pattern: re.Pattern[str]
    operation: str
    handler: Handler


def route(method: str, path: str, operation: str, handler: Handler) -> Route:
    """A route whose path may have `{names}`, each of one segment."""
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/:]+)", path)
    return Route(method, re.compile(pattern), operation, handler)


def not_found(what: str, name: str) -> RefusedError:
    """The refusal of a call for something that is not there."""
    return RefusedError(404, f"No such {what}: '{name}'.", None)

"""A call to a Batch API, what answers it, and the requests that it brings, read without holding them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..chat import BadRequestError, parse_object
from ..forms import Form
from .job import Invalid


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


_CHUNK = 1 << 20


def objects(path: Path) -> Iterator[tuple[int, dict[str, Any] | Invalid]]:
    """The objects of a JSONL file, each with the number of its line, from 1. Empty lines are none."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except ValueError:
                value = None
            if isinstance(value, dict):
                yield number, value
            else:
                yield number, Invalid("invalid_json_line", "This line is not parseable as valid JSON.", number)


def elements(path: Path, name: str) -> Iterator[Any]:
    """The elements of the list that is the member `name` of the object in a file, one by one.

    Raises `BadRequestError` where there is no such list.
    """
    with path.open(encoding="utf-8") as file:
        reader = _Reader(file.read)
        reader.expect("{")
        while reader.value() != name:
            reader.expect(":")
            reader.value()
            reader.expect(",")
        reader.expect(":")
        reader.expect("[")
        if reader.skip("]"):
            return
        while True:
            yield reader.value()
            if reader.skip("]"):
                return
            reader.expect(",")


class _Reader:
    """A cursor over JSON text, of which a few megabytes are held."""

    def __init__(self, read: Callable[[int], str]) -> None:
        self._read = read
        self._text = ""
        self._at = 0
        self._decode = json.JSONDecoder().raw_decode

    def expect(self, sign: str) -> None:
        if not self.skip(sign):
            raise BadRequestError(f"We could not parse the JSON body of your request: expected '{sign}'.")

    def skip(self, sign: str) -> bool:
        self._skip_space()
        if self._text.startswith(sign, self._at):
            self._at += 1
            return True
        return False

    def value(self) -> Any:
        self._skip_space()
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except ValueError as error:
                if not self._more():
                    raise BadRequestError(f"We could not parse the JSON body of your request: {error}") from None
                continue
            # A number that ends where the text does may go on.
            if end == len(self._text) and self._more():
                continue
            self._at = end
            return value

    def _skip_space(self) -> None:
        while True:
            while self._at < len(self._text) and self._text[self._at].isspace():
                self._at += 1
            if self._at < len(self._text) or not self._more():
                return

    def _more(self) -> bool:
        rest = self._text[self._at :]
        # Twice as much each time that a value does not fit, or a large one would be read again and again.
        more = self._read(max(_CHUNK, len(rest)))
        self._text, self._at = rest + more, 0
        return bool(more)

"""The calls of language-model functions in a piece of SQL, as they are written.

sqlglot's tokens, and not its tree: the tree rewrites what it reads (`named_struct` becomes `struct`, an object literal
becomes a function) and refuses some valid calls (Snowflake's `AI_CLASSIFY` with four arguments, BigQuery's `AI.IF`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot.dialects.dialect import Dialect
from sqlglot.tokens import Token, TokenType

from tests.signatures.values import Value, closing, read, split

FUNCTION = re.compile(r"ai_\w+|(ai|ml)\.\w+|snowflake\.cortex\.\w+", re.IGNORECASE)
"""What a call must be named to be held against the catalogue, whether the catalogue knows it or not."""


@dataclass(frozen=True)
class Argument:
    name: str | None
    value: Value
    start: int
    end: int
    """Where the value stands in the text; `end` is behind its last character."""


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple[Argument, ...]
    start: int
    end: int


def calls(sql: str, dialect: str) -> Iterator[Call]:
    """Every call, outer ones first; a call inside an argument of another is found too."""
    tokens = list(Dialect.get_or_raise(dialect).tokenize(sql))
    for place, token in enumerate(tokens):
        if token.token_type != TokenType.L_PAREN:
            continue
        first = _start_of_name(tokens, place)
        function = ".".join(part.text for part in tokens[first:place:2])
        if FUNCTION.fullmatch(function):
            end = closing(tokens, place)
            arguments = tuple(_argument(part) for part in split(tokens[place + 1 : end]))
            yield Call(function, arguments, tokens[first].start, tokens[end].end + 1)


def _start_of_name(tokens: Sequence[Token], opening: int) -> int:
    """The first token of the dotted name before a bracket, or the bracket itself where there is none."""
    first = opening
    while first > 0 and re.fullmatch(r"\w+", tokens[first - 1].text) and tokens[first - 1].token_type != TokenType.STRING:
        first -= 1
        if first == 0 or tokens[first - 1].token_type != TokenType.DOT:
            break
        first -= 1
    return first


def _argument(part: Sequence[Token]) -> Argument:
    named = len(part) > 2 and part[1].token_type == TokenType.FARROW
    value = part[2:] if named else part
    start, end = (value[0].start, value[-1].end + 1) if value else (0, 0)
    return Argument(part[0].text if named else None, read(value), start, end)

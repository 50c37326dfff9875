"""Function calls in a statement's text, found by its tokens, so that all else of the statement stays as it is."""

from collections.abc import Callable
from dataclasses import dataclass

from bqemulator.domain.errors import InvalidQueryError
from sqlglot.dialects import BigQuery
from sqlglot.errors import TokenError
from sqlglot.tokens import Token, TokenType

_OPEN = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE}
_CLOSE = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE}


@dataclass(frozen=True)
class Argument:
    """One argument: its tokens, and its text with the calls in it replaced."""

    tokens: list[Token]
    statement: "Statement"

    @property
    def text(self) -> str:
        return self.statement.render(self.tokens)

    def words(self) -> list[str]:
        return [token.text.lower() for token in self.tokens]

    def after(self, count: int) -> "Argument":
        """Without its first tokens."""
        return Argument(self.tokens[count:], self.statement)

    def before_last(self, count: int) -> "Argument":
        """Without its last tokens."""
        return Argument(self.tokens[:-count], self.statement)

    def parts(self) -> list["Argument"]:
        """The arguments of `f(a, b)` or `(a, b)`; none where it is something else."""
        opening = next((i for i, token in enumerate(self.tokens) if token.token_type == TokenType.L_PAREN), None)
        if opening not in (0, 1) or _closing(self.tokens, opening) != len(self.tokens) - 1:
            return []
        return self.statement.split(self.tokens[opening + 1 : -1])


Replacement = Callable[[list[Argument]], str]


class Statement:
    """A statement and what takes the place of the calls in it, by their names in lower case, dots included."""

    def __init__(self, sql: str, replacements: dict[str, Replacement]) -> None:
        self._sql = sql
        try:
            self._tokens = BigQuery().tokenize(sql)
        except TokenError as fault:
            raise InvalidQueryError(f"Syntax error: {fault}") from None
        self._replacements = {tuple(_words(name)): replacement for name, replacement in replacements.items()}
        self._longest = max(len(name) for name in self._replacements)

    def replaced(self) -> str:
        if not self._tokens:
            return self._sql
        return self._sql[: self._tokens[0].start] + self.render(self._tokens) + self._sql[self._tokens[-1].end + 1 :]

    def render(self, tokens: list[Token]) -> str:
        """The text of neighbouring tokens, from the first to the last, with its calls replaced."""
        if not tokens:
            return ""
        texts, at, i = [], tokens[0].start, 0
        while i < len(tokens):
            length = self._name_at(tokens, i)
            if length:
                closing = _closing(tokens, i + length)
                name = tuple(token.text.lower() for token in tokens[i : i + length])
                texts.append(self._sql[at : tokens[i].start])
                texts.append(self._replacements[name](self.split(tokens[i + length + 1 : closing])))
                at, i = tokens[closing].end + 1, closing + 1
            else:
                i += 1
        return "".join([*texts, self._sql[at : tokens[-1].end + 1]])

    def split(self, tokens: list[Token]) -> list[Argument]:
        """The tokens between the commas."""
        arguments, depth, part = [], 0, []
        for token in tokens:
            depth += (token.token_type in _OPEN) - (token.token_type in _CLOSE)
            if depth == 0 and token.token_type == TokenType.COMMA:
                arguments.append(Argument(part, self))
                part = []
            else:
                part.append(token)
        return [*arguments, Argument(part, self)] if part else arguments

    def _name_at(self, tokens: list[Token], i: int) -> int:
        """How many tokens the name of a call takes that is to be replaced; 0 where there is none."""
        if i > 0 and tokens[i - 1].token_type == TokenType.DOT:
            return 0
        for length in range(self._longest, 0, -1):
            name = tokens[i : i + length]
            follows = tokens[i + length : i + length + 1]
            if not follows or follows[0].token_type != TokenType.L_PAREN:
                continue
            if any(token.token_type in (TokenType.STRING, TokenType.IDENTIFIER) for token in name):
                continue
            if tuple(token.text.lower() for token in name) in self._replacements:
                return length
        return 0


def _words(name: str) -> list[str]:
    return name.replace(".", " . ").split()


def _closing(tokens: list[Token], opening: int) -> int:
    depth = 0
    for i in range(opening, len(tokens)):
        depth += (tokens[i].token_type in _OPEN) - (tokens[i].token_type in _CLOSE)
        if depth == 0:
            return i
    raise InvalidQueryError("Syntax error: a parenthesis is not closed")

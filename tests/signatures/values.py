"""What stands in an argument: a literal with its kind and content, or an expression whose value nobody knows before it runs."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlglot.tokens import Token, TokenType

TEXTS = {TokenType.STRING, TokenType.RAW_STRING, TokenType.HEREDOC_STRING, TokenType.NATIONAL_STRING}
OPENING = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE}
CLOSING = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE}
BOOLEANS = {TokenType.TRUE, TokenType.FALSE}
CONSTRUCTORS = {"struct": "STRUCT", "named_struct": "STRUCT", "map": "MAP", "array": "ARRAY"}


@dataclass(frozen=True)
class Value:
    """`kind` is the literal's kind, or EXPRESSION; MODEL and TABLE are what a table function takes."""

    kind: str
    constant: bool = True
    text: str = ""
    fields: dict[str, "Value"] = field(default_factory=dict)
    repeated: tuple[str, ...] = ()
    """Fields that are given twice, which a dict cannot tell."""
    elements: tuple["Value", ...] = ()


EXPRESSION = Value("EXPRESSION", constant=False)


def split(tokens: Sequence[Token], separator: TokenType = TokenType.COMMA) -> list[list[Token]]:
    """The parts between separators that stand outside all brackets."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.token_type in OPENING) - (token.token_type in CLOSING)
        if token.token_type == separator and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return [] if parts == [[]] else parts


def closing(tokens: Sequence[Token], opening: int) -> int:
    """The place of the bracket that closes the one at `opening`."""
    depth = 0
    for place in range(opening, len(tokens)):
        depth += (tokens[place].token_type in OPENING) - (tokens[place].token_type in CLOSING)
        if depth == 0:
            return place
    raise ValueError(f"Nothing closes the bracket at character {tokens[opening].start}.")


def read(tokens: Sequence[Token]) -> Value:
    """The value that the tokens of one argument say."""
    if not tokens:
        return EXPRESSION
    first = tokens[0]
    if len(tokens) == 1:
        return _of_one(first)
    if len(tokens) == 2 and first.token_type == TokenType.DASH and tokens[1].token_type == TokenType.NUMBER:
        return _of_one(tokens[1])
    if len(tokens) == 2 and first.text.lower() == "json" and tokens[1].token_type in TEXTS:
        return Value("JSON", text=tokens[1].text)
    if first.text.lower() in ("model", "table") and first.token_type not in TEXTS and tokens[1].token_type not in OPENING:
        return Value(first.text.upper(), text=".".join(token.text for token in tokens[1:] if token.token_type != TokenType.DOT))
    if first.text.lower() == "type" and tokens[1].text.lower() == "object":
        return Value("TYPE")
    if first.token_type in OPENING and closing(tokens, 0) == len(tokens) - 1:
        return _in_brackets(first.token_type, tokens[1:-1])
    if tokens[1].token_type in OPENING and closing(tokens, 1) == len(tokens) - 1:
        return _constructed(first.text.lower(), tokens[2:-1])
    return EXPRESSION


def _of_one(token: Token) -> Value:
    if token.token_type in TEXTS:
        return Value("STRING", text=token.text)
    if token.token_type == TokenType.NUMBER:
        return Value("INTEGER" if token.text.isdigit() else "NUMBER", text=token.text)
    if token.token_type in BOOLEANS:
        return Value("BOOLEAN", text=token.text.lower())
    if token.token_type == TokenType.NULL:
        return Value("NULL")
    return EXPRESSION


def _in_brackets(opening: TokenType, inside: Sequence[Token]) -> Value:
    if opening == TokenType.L_BRACE:
        pairs = [split(part, TokenType.COLON) for part in split(inside)]
        return _with_fields("OBJECT", [(read(pair[0]).text, read(pair[1])) for pair in pairs if len(pair) == 2])
    if opening == TokenType.L_BRACKET:
        return _with_elements("ARRAY", [read(part) for part in split(inside)])
    if inside and inside[0].token_type in (TokenType.SELECT, TokenType.WITH):
        return Value("TABLE", constant=False)
    parts = split(inside)
    return read(inside) if len(parts) == 1 else _with_elements("STRUCT", [read(part) for part in parts])


def _constructed(name: str, inside: Sequence[Token]) -> Value:
    kind = CONSTRUCTORS.get(name)
    parts = split(inside)
    if kind is None:
        return EXPRESSION
    if name == "array":
        return _with_elements(kind, [read(part) for part in parts])
    if name == "struct":
        return _with_fields(kind, [_named(part) for part in parts])
    return _with_fields(kind, [(read(key).text, read(value)) for key, value in zip(parts[::2], parts[1::2], strict=False)])


def _named(part: Sequence[Token]) -> tuple[str, Value]:
    """A field of `struct(value as name)`; one without a name has the empty one."""
    if len(part) > 2 and part[-2].token_type == TokenType.ALIAS:
        return part[-1].text, read(part[:-2])
    return "", read(part)


def _with_fields(kind: str, pairs: list[tuple[str, Value]]) -> Value:
    names = [name for name, _ in pairs]
    repeated = tuple(sorted({name for name in names if names.count(name) > 1}))
    return Value(kind, constant=all(value.constant for _, value in pairs), fields=dict(pairs), repeated=repeated)


def _with_elements(kind: str, values: list[Value]) -> Value:
    return Value(kind, constant=all(value.constant for value in values), elements=tuple(values))
